from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models.kinds import BodyKind, ContactRole
from tasks.register import (
    BodyRow,
    ContactRow,
    KnownBodies,
    Register,
    Scope,
    Source,
    SupervisionRow,
    check_register,
    read_register,
)

NOES = ("否", "否", "否", "否", "否")
SaveBodies = Callable[..., Path]


def body(row: int, code: str, parent: str | None = None) -> BodyRow:
    return BodyRow(row, code, f"单位{code}", BodyKind.UNIT, parent, "310107")


def contact(row: int, code: str, channel: str, address: str) -> ContactRow:
    return ContactRow(row, code, ContactRole.LIAISON, channel, address)


def problems_of(register: Register, known: KnownBodies | None = None) -> list[str]:
    return [str(problem) for problem in check_register(register, known)]


def test_a_sound_register_has_no_problems() -> None:
    register = Register(
        (body(2, "A"), body(3, "B", "A")),
        (SupervisionRow(2, "B", "fire", "A"),),
        (contact(2, "A", "email", "a.b+c@putuo.example"), contact(3, "A", "sms", "13800000000")),
    )
    assert problems_of(register) == []


def test_all_problems_are_collected_in_the_order_of_the_file(save_bodies: SaveBodies) -> None:
    path = save_bodies(
        ("A", "", "单位", "", "31010", *NOES),
        ("A", "乙", "单位", "Z", "310107", *NOES),
        ("路/1", "丙", "单位", "", "310107005", *NOES),
        supervision=[("A", "消防", "Y"), ("A", "消防", "路/1"), ("X", "教育", "A"), ("", "教育", "")],
        contacts=[("A", "联络员", "email", "a@b"), ("X", "联络员", "Email", ""), ("A", "联络员", "sms", "1")],
    )
    code = "1 to 40 letters, digits, '.', '_' or '-', beginning with a letter or a digit"
    known = "the code of a body in this file or in the register"
    assert problems_of(read_register(path)) == [
        "sheet 主体, row 2, column 名称: expected a name of 1 to 200 visible characters, got nothing",
        "sheet 主体, row 2, column 区划代码: expected 6, 9 or 12 digits, got '31010'",
        f"sheet 主体, row 3, column 上级代码: expected {known}, got 'Z'",
        "sheet 主体, row 3, column 代码: expected each code once, got 'A' again, first in row 2",
        f"sheet 主体, row 4, column 代码: expected {code}, got '路/1'",
        f"sheet 督管, row 2, column 督管主体代码: expected {known}, got 'Y'",
        "sheet 督管, row 3, column 条线: expected one supervisor of 'A' in 消防, got another, first in row 2",
        "sheet 督管, row 4, column 主体代码: expected the code of a body in sheet 主体, got 'X'",
        "sheet 督管, row 5, column 主体代码: expected the code of a body in sheet 主体, got nothing",
        f"sheet 督管, row 5, column 督管主体代码: expected {known}, got nothing",
        "sheet 联系人, row 2, column 地址: expected an e-mail address such as name@example.org, got 'a@b'",
        "sheet 联系人, row 3, column 主体代码: expected the code of a body in sheet 主体, got 'X'",
        "sheet 联系人, row 3, column 渠道: expected a channel in small letters, such as email, got 'Email'",
        "sheet 联系人, row 3, column 地址: expected an address, got nothing",
    ]


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b.cn", "a b@c.cn", "a@b..cn", "a@-b.cn", "姓名@b.cn", "a@b.cn;c@d.cn"]
)
def test_a_malformed_e_mail_address_is_refused(address: str) -> None:
    register = Register((body(2, "A"),), contacts=(contact(2, "A", "email", address),))
    got = repr(address) if address else "nothing"
    assert problems_of(register) == [
        f"sheet 联系人, row 2, column 地址: expected an e-mail address such as name@example.org, got {got}"
    ]


@pytest.mark.parametrize(
    "division", ["", "31010", "3101070", "31O107", "\uff13\uff11\uff10\uff11\uff10\uff17", "3101070050000"]
)
def test_a_division_that_is_no_code_is_refused(division: str) -> None:
    register = Register((replace(body(2, "A"), division=division),))
    got = repr(division) if division else "nothing"
    assert problems_of(register) == [f"sheet 主体, row 2, column 区划代码: expected 6, 9 or 12 digits, got {got}"]


@pytest.mark.parametrize("name", ["甲\n乙", "甲\u202e乙", "\x00", "甲" * 201])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    expected = "expected a name of 1 to 200 visible characters"
    assert problems_of(Register((replace(body(2, "A"), name=name),))) == [
        f"sheet 主体, row 2, column 名称: {expected}, got {name!r}"
    ]


def test_a_contact_given_twice_is_refused() -> None:
    rows = (contact(2, "A", "sms", "1"), contact(3, "A", "sms", "1"))
    assert problems_of(Register((body(2, "A"),), contacts=rows)) == [
        "sheet 联系人, row 3, column 地址: expected each contact once, got '1' again, first in row 2"
    ]


def test_a_circle_of_superiors_is_listed() -> None:
    register = Register((body(2, "X", "A"), body(3, "A", "C"), body(4, "B", "A"), body(5, "C", "B"), body(6, "D", "D")))
    assert problems_of(register) == [
        "sheet 主体, row 3, column 上级代码: expected no circle of superiors, got A → C → B → A",
        "sheet 主体, row 6, column 上级代码: expected no circle of superiors, got D → D",
    ]


def test_a_circle_of_supervisors_is_listed() -> None:
    register = Register(
        (body(2, "A"), body(3, "B")),
        (SupervisionRow(2, "A", "education", "B"), SupervisionRow(3, "B", "education", "A")),
    )
    assert problems_of(register) == [
        "sheet 督管, row 2, column 督管主体代码: expected no circle of supervisors in 教育, got A → B → A"
    ]


def test_a_circle_is_of_one_line_of_duty() -> None:
    register = Register(
        (body(2, "A"), body(3, "B")),
        (SupervisionRow(2, "A", "education", "B"), SupervisionRow(3, "B", "health", "A")),
    )
    assert problems_of(register) == []


def test_in_the_line_of_fire_a_superior_stands_in_for_a_supervisor() -> None:
    bodies = (body(2, "A"), body(3, "B", "A"))
    fire = Register(bodies, (SupervisionRow(2, "A", "fire", "B"),))
    assert problems_of(fire) == [
        "sheet 督管, row 2, column 督管主体代码: expected no circle of supervisors in 消防, got A → B → A"
    ]
    assert problems_of(replace(fire, supervision=(SupervisionRow(2, "A", "health", "B"),))) == []


def test_a_flat_table_names_the_column_it_has() -> None:
    register = Register(
        (body(2, "A"),),
        (SupervisionRow(2, "A", "fire", "A"), SupervisionRow(2, "A", "health", "Z")),
        (contact(2, "A", "email", "x"),),
        source=Source("bodies.csv", "", is_flat=True),
    )
    assert problems_of(register) == [
        "row 2, column 督管:卫生: expected the code of a body in this file or in the register, got 'Z'",
        "row 2, column 联系人:联络员:email: expected an e-mail address such as name@example.org, got 'x'",
        "row 2, column 督管:消防: expected no circle of supervisors in 消防, got A → A",
    ]


def test_a_file_may_refer_to_stored_bodies() -> None:
    register = Register((body(2, "B", "A"),), (SupervisionRow(2, "B", "fire", "A"),))
    assert len(problems_of(register)) == 2
    assert problems_of(register, KnownBodies(parents={"A": None})) == []


def test_a_circle_through_stored_bodies_is_found() -> None:
    known = KnownBodies(parents={"A": "B", "B": None}, supervisors={("A", "health"): "B"})
    register = Register((body(2, "B", "A"),), (SupervisionRow(2, "B", "health", "A"),))
    assert problems_of(register, known) == [
        "sheet 主体, row 2, column 上级代码: expected no circle of superiors, got B → A → B",
        "sheet 督管, row 2, column 督管主体代码: expected no circle of supervisors in 卫生, got B → A → B",
    ]


def test_stored_supervision_counts_only_where_the_file_keeps_it() -> None:
    known = KnownBodies(parents={"A": None, "B": None}, supervisors={("A", "health"): "B"})
    rows = (SupervisionRow(2, "B", "health", "A"),)
    replaced = Register((body(2, "A"), body(3, "B")), rows)
    assert problems_of(replaced, known) == []
    kept = replace(replaced, supervision=(), scope=Scope(lines=frozenset({"fire"})))
    assert problems_of(kept, KnownBodies(known.parents, {**known.supervisors, ("B", "health"): "A"})) == [
        "sheet 督管, column 督管主体代码: expected no circle of supervisors in 卫生, got A → B → A"
    ]
