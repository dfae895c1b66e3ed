"""What a template can say: the fields of a draft, from the figures, in the words and forms of official documents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from calendars.periods import Period
from models.process import Process
from models.regulation import Regulation
from tasks.reporting.figures import ESCALATED, SCORE_UNIT, Figures, NumberSum, Tally, Trace
from tasks.reporting.kinds import ReportKind
from tasks.reporting.official import (
    NOTHING,
    change_text,
    chinese_number,
    clause_text,
    date_text,
    period_text,
    share_text,
)
from tasks.reporting.statuses import Status
from tasks.sheets import writable

ProcessNamed = Callable[[str], Process]

CHARTS = ("chart_months", "chart_kinds")
"""Fields that are pictures."""

LONGEST_TRACE = 4
"""How many spans of duty numbers an annex names for one count; all of them are in the JSON and the 台账."""

_WEAKEST = 3


@dataclass(frozen=True)
class Head:
    """Who reports what to whom, on what ground.

    Attributes:
        kind: The report.
        regulation: The text that demands it.
        ref: The clause.
        period: The period.
        signer: The name of the body that reports.
        addressee: To whom.
        as_of: The day of the draft.
        number: Its document number; empty where none is given yet.
    """

    kind: ReportKind
    regulation: Regulation
    ref: str
    period: Period
    signer: str
    addressee: str
    as_of: date
    number: str = ""

    @property
    def title(self) -> str:
        """The heading of the document, on two lines."""
        return self.kind.heading(self.signer, period_text(self.period))


def fields(head: Head, found: Figures, earlier: Tally, earlier_period: Period, named: ProcessNamed) -> dict[str, Any]:
    """Return every field but the charts, by name; texts hold no character that a document cannot hold."""
    groups = {named(flow).chinese: tally for flow, tally in found.by_group().items()}
    kinds = {kind.chinese: tally for kind, tally in found.by_kind().items()}
    months = {f"{int(month[5:])}月": tally for month, tally in found.by_month().items()}
    values = {
        "title": head.title,
        "number": head.number,
        "addressee": head.addressee,
        "regulation": head.regulation.title,
        "regulation_number": head.regulation.document_number,
        "clause": clause_text(head.ref),
        "period": period_text(head.period),
        "as_of": date_text(head.as_of),
        "signer": head.signer,
        "dated": date_text(head.as_of),
        "bodies": found.bodies,
        "total": _row("合计", found.total),
        "previous": {"period": period_text(earlier_period), **_row("上期", earlier)},
        "change": change_text(found.total.rate, earlier.rate, period_text(earlier_period)),
        "returns": found.returns,
        "escalations": {
            level.value: dict(zip(("notices", "duties"), found.escalations[level], strict=True)) for level in ESCALATED
        },
        "groups": [_row(name, tally) for name, tally in groups.items()],
        "kinds": [_row(name, tally) for name, tally in kinds.items()],
        "months": [_row(name, tally) for name, tally in months.items()],
        "numbers": [_number(one) for one in found.numbers],
        "overdue": [_overdue(found, row, place) for place, row in enumerate(found.overdue, 1)],
        "weak": _in_order(_weak_points(groups, kinds)),
        "next": _in_order(_next_steps(found, groups, head.as_of)),
        "sources": [_source(found, trace, named, place) for place, trace in enumerate(found.traces, 1)],
    }
    return {name: _clean(value) for name, value in values.items()}


def _row(name: str, tally: Tally) -> dict[str, Any]:
    return {
        "name": name,
        "owed": tally.owed,
        "on_time": tally[Status.ACCEPTED],
        "late": tally[Status.LATE],
        "submitted": tally[Status.SUBMITTED],
        "overdue": tally[Status.OVERDUE],
        "running": tally.running,
        "waived": tally[Status.WAIVED],
        "settled": tally.settled,
        "rate": share_text(tally[Status.ACCEPTED], tally.settled),
    }


def _number(one: NumberSum) -> dict[str, Any]:
    average = f"{one.total / one.duties:.1f}"
    total = NOTHING if one.unit == SCORE_UNIT else one.total
    return {"title": one.title, "unit": one.unit, "answers": one.duties, "total": total, "average": average}


def _overdue(found: Figures, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    obligation = found.scope.obligations[row["obligation"]]
    return {
        "number": place,
        "duty": row["id"],
        "body": row["body"],
        "title": obligation.title,
        "clause": clause_text(obligation.ref),
        "due_on": row["due_on"].isoformat(),
        "days": (found.scope.as_of - row["due_on"]).days,
        "level": ESCALATED[row["reached"] - 1].chinese if row["reached"] else NOTHING,
    }


def _source(found: Figures, trace: Trace, named: ProcessNamed, place: int) -> dict[str, Any]:
    obligation = found.scope.obligations[trace.obligation]
    return {
        "number": place,
        "code": trace.obligation,
        "title": obligation.title,
        "clause": clause_text(obligation.ref),
        "step": named(obligation.flow).step(trace.step).chinese,
        "status": trace.status.chinese,
        "duties": trace.duties,
        "ids": spans_text(trace.spans, LONGEST_TRACE),
    }


def spans_text(spans: Sequence[tuple[int, int]], longest: int) -> str:
    """Write spans of duty numbers as 1–57、60; those above the longest list are counted."""
    words = "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans[:longest])
    left = sum(last - first + 1 for first, last in spans[longest:])
    return f"{words}，另{left}项见同期台账" if left else words


def _weak_points(groups: Mapping[str, Tally], kinds: Mapping[str, Tally]) -> list[str]:
    """Say where duties were done in time least often; ours, drawn from the figures alone."""
    words = [f"“{name}”{_shortfall(tally)}" for name, tally in _weakest(groups)]
    words += [f"{name}{_shortfall(tally)}" for name, tally in _weakest(kinds)]
    return words or ["已到期任务均按期办结，记录中未见薄弱环节。"]


def _weakest(tallies: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    behind = [(name, tally) for name, tally in tallies.items() if tally.settled > tally[Status.ACCEPTED]]
    return sorted(behind, key=lambda item: item[1].rate or 0)[:_WEAKEST]


def _shortfall(tally: Tally) -> str:
    rate = share_text(tally[Status.ACCEPTED], tally.settled)
    return f"按期办结率{rate}，逾期办结{tally[Status.LATE]}项、逾期未办结{tally[Status.OVERDUE]}项。"


def _next_steps(found: Figures, groups: Mapping[str, Tally], as_of: date) -> list[str]:
    """Propose what follows from the figures; who signs decides, and the draft is theirs to change."""
    total, words = found.total, []
    if count := total[Status.OVERDUE]:
        words.append(f"对截至{date_text(as_of)}逾期未办结的{count}项任务逐项督办，明确完成时限，办结一项销号一项。")
    if weakest := [name for name, _ in _weakest(groups)]:
        words.append(f"把{'、'.join(f'“{name}”' for name in weakest)}列为督导检查的重点，查明未按期办结的原因。")
    if count := total[Status.SUBMITTED]:
        words.append(f"抓紧审核已提交的{count}项任务的佐证材料。")
    if count := total.running:
        words.append(f"对尚在办理期限内的{count}项任务跟踪提醒，力争按期办结。")
    return words or ["继续按照职责清单抓好各项任务的按期办结。"]


def _in_order(sentences: Sequence[str]) -> list[str]:
    return [f"（{chinese_number(place)}）{words}" for place, words in enumerate(sentences, 1)]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {name: _clean(one) for name, one in value.items()} if isinstance(value, dict) else value
