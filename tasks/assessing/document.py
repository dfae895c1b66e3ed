"""The result as an official draft (docx): grounds, how it stands, who is last and why, and what is demanded next."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from models.assessment import FollowUpKind, Outcome
from models.kinds import BodyKind
from tasks.assessing.explaining import named
from tasks.assessing.pages import Pages
from tasks.assessing.results import Assessment, Standing
from tasks.assessing.scoring import counted, points
from tasks.reporting.official import NOTHING, chinese_number, clause_text, date_text
from tasks.scope import office_code

NEGATIVE = (FollowUpKind.TALK, FollowUpKind.ACCOUNTABILITY)
"""Demands that are made because of what a body did not do; the draft says why each is named."""

_SHOWN = (Outcome.ON_TIME, Outcome.LATE, Outcome.MISSING, Outcome.RETURNED)
_HEADER = ["主体数", "应办", *(outcome.chinese for outcome in _SHOWN)]


@dataclass(frozen=True)
class Heading:
    """What a draft bears that no record gives.

    Attributes:
        drafted_on: The date it bears (成文日期).
        number: Its document number (发文字号), where one was given already.
    """

    drafted_on: date
    number: str = ""


def document(connection: Connection, assessment: Assessment, heading: Heading) -> bytes:
    """Return the result as a docx draft in the order of GB/T 9704; the same result gives the same bytes."""
    pages = Pages()
    pages.title(f"关于{assessment.year}年度{assessment.scheme.title}情况的报告")
    if heading.number:
        pages.number(heading.number)
    if to := _recipients(assessment):
        pages.recipients(to)
    pages.text(_grounds(assessment))
    for place, part in enumerate((_whole, _kinds, _groups, _last, _next), 1):
        pages.heading(f"{chinese_number(place)}、{_TITLES[part.__name__]}")
        part(pages, assessment)
    pages.text("附件：考核结果明细（电子表格，含汇总、分项、依据、后续事项和说明）")
    pages.signature(_signer(connection), date_text(heading.drafted_on))
    if copies := _copies(assessment):
        pages.foot(f"抄送：{'，'.join(copies)}。")
    pages.foot(f"草稿，由存证记录生成，待审定。结果摘要（SHA-256）：{assessment.digest}")
    return pages.packed()


_TITLES = {
    "_whole": "总体情况",
    "_kinds": "各类主体情况",
    "_groups": "各分项情况",
    "_last": "需要约谈或追责的主体",
    "_next": "后续事项",
}


def _recipients(assessment: Assessment) -> Sequence[str]:
    """Return to whom the report goes: whom the text wants it reported to, else the first it names at all."""
    found = [demand.follow_up for demand in assessment.demands]
    reports = [one for one in found if one.kind is FollowUpKind.REPORT and one.to]
    return next((one.to for one in (*reports, *found) if one.to), ())


def _copies(assessment: Assessment) -> list[str]:
    copies = [one.follow_up.to for one in assessment.demands if one.follow_up.kind is FollowUpKind.COPY]
    return list(dict.fromkeys(name for to in copies for name in to))


def _grounds(assessment: Assessment) -> str:
    law = assessment.method.law
    number = f"（{law.document_number}）" if law.document_number else ""
    return (
        f"根据《{law.title}》{number}{clause_text(assessment.scheme.basis)}，"
        f"对{assessment.year}年度应完成的消防安全职责进行了考核。考核以任务、佐证材料和审核记录为准，"
        f"记录截至{date_text(assessment.as_of)}。现将情况报告如下。"
    )


def _whole(pages: Pages, assessment: Assessment) -> None:
    ranked = assessment.ranked
    sums = _sums(ranked)
    due = sum(counted(one.tally, assessment.scheme.credit) for one in ranked)
    pending = sum(one.pending for one in ranked)
    counts = "，".join(f"{outcome.chinese}{sums[outcome]}项" for outcome in _SHOWN)
    without = len(assessment.standings) - len(ranked)
    pages.text(
        f"参加考核的责任主体{len(ranked)}家，应办任务{due}项，其中{counts}；另有不适用{sums[Outcome.WAIVED]}项，"
        f"未到期{sums[Outcome.NOT_YET_DUE]}项。本年度没有应办任务的{without}家不排名。"
        + (f"截至考核日有{pending}项提交待审核，按收到时间计入。" if pending else "")
    )
    grades = [f"{grade.title}{sum(one.grade == grade.title for one in ranked)}家" for grade in assessment.scheme.grades]
    pages.text(f"考核等次：{'，'.join(grades)}。")


def _kinds(pages: Pages, assessment: Assessment) -> None:
    by_kind: dict[str, list[Standing]] = defaultdict(list)
    for one in assessment.ranked:
        by_kind[one.kind].append(one)
    rows = [
        [kind.chinese, *_row(by_kind[kind.value], assessment), _mean(by_kind[kind.value])]
        for kind in BodyKind
        if by_kind[kind.value]
    ]
    pages.table(["类别", *_HEADER, "平均分"], rows, [26, 16, 19, 19, 18, 18, 20, 20])


def _row(bodies: Sequence[Standing], assessment: Assessment) -> list[str]:
    sums = _sums(bodies)
    due = sum(counted(one.tally, assessment.scheme.credit) for one in bodies)
    return [str(number) for number in (len(bodies), due, *(sums[outcome] for outcome in _SHOWN))]


def _mean(bodies: Sequence[Standing]) -> str:
    whole = sum(one.score or 0 for one in bodies)
    return points((2 * whole + len(bodies)) // (2 * len(bodies)))


def _groups(pages: Pages, assessment: Assessment) -> None:
    rows = []
    for group in assessment.scheme.groups:
        found = [part for one in assessment.ranked for part in one.groups if part.group == group.id]
        sums = {outcome: sum(part.tally.get(outcome, 0) for part in found) for outcome in Outcome}
        due = sum(counted(part.tally, assessment.scheme.credit) for part in found)
        numbers = [len(found), due, *(sums[outcome] for outcome in _SHOWN)]
        rows.append([group.title, str(group.weight), *map(str, numbers)])
    pages.table(["分项", "权重", *_HEADER], rows, [34, 13, 18, 19, 19, 18, 18, 17])


def _last(pages: Pages, assessment: Assessment) -> None:
    """List the bodies that are to be talked to or held to account, each with why."""
    bodies = {
        one.code: one for demand in assessment.demands if demand.follow_up.kind in NEGATIVE for one in demand.bodies
    }
    if not bodies:
        pages.text("无。")
        return
    rows = [list(_named(one, assessment)) for one in sorted(bodies.values(), key=lambda one: (one.rank or 0, one.code))]
    pages.table(["责任主体", "同类排名", "得分", "等次", "失分最多的分项"], rows, [40, 20, 20, 20, 56])


def _named(one: Standing, assessment: Assessment) -> Iterator[str]:
    titles = {group.id: group.title for group in assessment.scheme.groups}
    worst = max(one.groups, key=lambda group: group.lost)
    yield one.name
    yield str(one.rank_in_kind)
    yield NOTHING if one.score is None else points(one.score)
    yield one.grade
    yield f"{titles[worst.group]}（失{points(worst.lost)}分）" if worst.lost else NOTHING


def _next(pages: Pages, assessment: Assessment) -> None:
    for place, demand in enumerate(assessment.demands, 1):
        one = demand.follow_up
        law = (
            ""
            if demand.regulation == assessment.method.law.id
            else f"《{assessment.method.law_of(demand.regulation).title}》"
        )
        words = f"{place}. {one.kind.chinese}（{law}{clause_text(one.ref)}）：{one.title}。"
        words += f"对象：{'、'.join(one.to)}。" if one.to else ""
        words += "" if one.about is None else f"涉及：{named(demand)}。"
        pages.text(words + (f"（{one.ours}）" if one.ours else ""))


def _sums(bodies: Sequence[Standing]) -> dict[Outcome, int]:
    sums = dict.fromkeys(Outcome, 0)
    for one in bodies:
        for outcome, number in one.tally.items():
            sums[outcome] += number
    return sums


def _signer(connection: Connection) -> str:
    """Return the name of the office that administers the system, which drafts."""
    name = connection.execute(text("SELECT name FROM body WHERE code = :code"), {"code": office_code(connection)})
    return str(name.scalar_one_or_none() or NOTHING)
