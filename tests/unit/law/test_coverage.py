"""Coverage: every clause with what became of it, proved against an official text by digests."""

from models.clauses import clauses_of
from models.coverage import check_text, coverage
from models.packs import available, load
from models.regulation import ClauseEntry, Reason, Regulation

TEXT = """第一章 总则
第一条 为了演示而写的一条。
第十四条 甲每半年开会一次。
第十五条 乙做到：
（一）常备器材；
（二）每月检查。
"""


def _pack(text: str) -> Regulation:
    """Return putuo-2020 with the clauses of another text."""
    clauses = tuple(
        ClauseEntry(ref=one.ref, gist="概述", digest=one.digest, reason=Reason.PRINCIPLE) for one in clauses_of(text)
    )
    return load("putuo-2020").model_copy(update={"clauses": clauses})


def test_a_text_agrees_with_the_pack_made_from_it() -> None:
    found = check_text(_pack(TEXT), TEXT)
    assert (found.clauses, found.agreeing, found.problems) == (5, 5, ())


def test_blanks_line_ends_and_bracket_forms_change_nothing() -> None:
    other = TEXT.replace("（", "(").replace("）", ")").replace("\n", "\r\n\r\n").replace("一条", "一 条")
    assert check_text(_pack(TEXT), other).problems == ()


def test_a_changed_clause_is_named_with_the_duties_that_hang_on_it() -> None:
    [problem] = check_text(_pack(TEXT), TEXT.replace("每半年", "每季度")).problems
    assert problem.place == "art14"
    assert "putuo-2020.art14.committee-study.department" in problem.message


def test_a_missing_and_an_invented_clause_are_named() -> None:
    shorter = TEXT.replace("（二）每月检查。\n", "")
    assert [str(one) for one in check_text(_pack(TEXT), shorter).problems] == [
        "art15(2): stands in the pack and not in the text"
    ]
    assert [str(one) for one in check_text(_pack(shorter), TEXT).problems] == [
        "art15(2): stands in the text and not in the pack"
    ]


def test_every_clause_of_every_law_has_a_duty_or_a_reason() -> None:
    for regulation in map(load, available()):
        rows = coverage(regulation)
        assert all(row["obligations"] or row["reason"] for row in rows), regulation.id
        running = {name for row in rows for name in row["obligations"]}
        if rows:
            assert running == {one.id for one in regulation.obligations}
