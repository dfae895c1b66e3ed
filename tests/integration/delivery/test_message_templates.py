"""Templates set in place of ours are tried when they are set, sealed, and used."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.store import MemoryStore
from fireduty.errors import InputError, UnknownNameError
from tasks import wording
from tasks.district import District
from tasks.message_templates import check, names, set_template, template_in_force, unsealed


@pytest.fixture
def office(district: Any) -> Iterator[District]:
    """Give the district as the verbs know it."""
    with District(district.settings, district.database, MemoryStore()) as opened:
        yield opened


def _file(tmp_path: Path, name: str, source: str) -> Path:
    path = tmp_path / "changed" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", names())
def test_every_template_of_ours_passes(name: str) -> None:
    check(name, (wording.FOLDER / name).read_text(encoding="utf-8"))


def test_a_template_that_was_set_is_used_and_sealed(district: Any, office: District, tmp_path: Path) -> None:
    digest = set_template(office, district.act, _file(tmp_path, "title.txt.j2", "〔试点〕{{ first.obligation.title }}"))
    district.schools(1)
    district.compose()
    assert district.scalar("SELECT title FROM message") == "〔试点〕组织疏散演练"
    (row,) = district.rows("SELECT entry FROM ledger WHERE kind = 'template.set'")
    body = json.loads(row.entry)["body"]
    assert (body["report"], body["name"], body["sha256"]) == ("message", "title.txt.j2", digest)
    assert template_in_force(office, "title.txt.j2").startswith("〔试点〕")
    assert not template_in_force(office, "title.txt.j2", original=True).startswith("〔试点〕")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ first.period }}\n{{ subject_line }}", "title.txt.j2:2: unknown field 'subject_line'"),
        ("\n\n{{ first.titel }}", "title.txt.j2:3: unknown field 'titel'"),
        ("{% if first.period == 'never' %}\n{{ first.titel }}{% endif %}", "title.txt.j2:2: unknown field 'titel'"),
        ("\n{% if total %}", "title.txt.j2:2: not understood"),
        ("{{ total | shout }}", "title.txt.j2:1: not understood: No filter named 'shout'"),
        ("\n{{ total.period }}", "title.txt.j2:2: unknown field"),
        ("a\n{{ total / 0 }}", "title.txt.j2:2: fails: division by zero"),
        ("{{ first.__class__ }}", "title.txt.j2:1: unknown field '__class__'"),
        ("", "expected 1 to"),
    ],
)
def test_a_template_that_would_fail_is_refused_with_line_and_field(
    district: Any, office: District, tmp_path: Path, source: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        set_template(office, district.act, _file(tmp_path, "title.txt.j2", source))
    assert said in caught.value.message
    assert not (office.settings.folder / wording.OWN_FOLDER).exists()
    assert district.scalar("SELECT count(*) FROM ledger") == 0


def test_a_template_of_an_unknown_name_is_refused_with_the_known_ones(
    district: Any, office: District, tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError, match=r"brief\.md\.j2"):
        set_template(office, district.act, _file(tmp_path, "titel.txt.j2", "x"))


def test_a_template_written_by_hand_that_fails_costs_no_notice_and_is_seen(district: Any, office: District) -> None:
    folder = office.settings.folder / wording.OWN_FOLDER
    folder.mkdir()
    (folder / "title.txt.j2").write_text("{{ nothing }}", encoding="utf-8")
    district.schools(1)
    assert district.compose() == 1
    assert district.scalar("SELECT title FROM message") == "【新任务1项】组织疏散演练（2026-1）"
    with district.database.reading() as connection:
        assert unsealed(connection, office) == ["title.txt.j2"]


def test_a_template_as_it_was_set_is_no_finding(district: Any, office: District, tmp_path: Path) -> None:
    set_template(office, district.act, _file(tmp_path, "title.txt.j2", "〔试点〕{{ total }}"))
    with district.database.reading() as connection:
        assert unsealed(connection, office) == []
