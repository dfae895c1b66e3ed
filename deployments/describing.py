"""What a deployment says of itself to the people who read Prefect's pages: the law in our words, who, and when."""

from collections.abc import Sequence

from calendars.occasions import occasion_title
from calendars.periods import Frequency
from deployments.schedules import PeriodDates
from models.process import Process
from models.regulation import Binding, Obligation, Regulation
from tasks.wording import occasion_zh

MOST_PERIODS = 6
"""How many periods a description lists; the schedules show all."""

FREQUENCIES = {
    Frequency.DAILY: "每日",
    Frequency.WEEKLY: "每周",
    Frequency.MONTHLY: "每月",
    Frequency.QUARTERLY: "每季度",
    Frequency.HALF_YEARLY: "每半年",
    Frequency.YEARLY: "每年",
    Frequency.SCHOOL_TERM: "每学期",
    Frequency.EVERY_3_YEARS: "每三年分批",
    Frequency.EVERY_5_YEARS: "每五年",
    Frequency.CONTINUOUS: "持续（按月报送）",
}


def describe(regulation: Regulation, obligation: Obligation, process: Process, periods: Sequence[PeriodDates]) -> str:
    """Describe an obligation's deployment in Chinese, as Markdown.

    It changes with the periods ahead and not with every day that passes, so that applying it again changes nothing.
    """
    steps = " → ".join(step.chinese for step in process.steps if step.name in obligation.steps)
    ladder = "、".join(occasion_zh(rung.name) for rung in regulation.ladder_of(obligation))
    chain = "、".join(kind.chinese for kind in obligation.supervision.chain)
    supervisor = obligation.supervision.kind.chinese + (f"（上级：{chain}）" if chain else "")
    lines = [
        f"**{obligation.title}**（{obligation.ref}）",
        "",
        obligation.summary,
        "",
        f"- 依据：《{regulation.title}》（{regulation.document_number}）{obligation.ref}",
        f"- 频次：{_frequency(obligation, regulation.division)}",
        f"- 责任主体：{_bodies(obligation.binds)}",
        f"- 环节：{steps}",
        f"- 督办审核：{supervisor}",
        f"- 报送：{obligation.recipient}",
        f"- 提醒阶梯：{ladder}",
    ]
    if obligation.concerns is not None:
        lines.insert(7, f"- 涉及对象：{_bodies(obligation.concerns)}")
    if obligation.ours:
        lines.append(f"- 本系统设定：{obligation.ours}")
    return "\n".join([*lines, "", *_table(periods)] if periods else lines)


def _frequency(obligation: Obligation, division: str) -> str:
    if obligation.frequency is None:
        return f"按事件：{obligation.event}"
    least = f"，至少{obligation.min_count}次" if obligation.min_count > 1 else ""
    if obligation.frequency is Frequency.OCCASION:
        return "、".join(occasion_title(name, division) for name in obligation.occasions) + least
    if obligation.frequency is Frequency.AFTER_LAST:
        return f"上次完成后{obligation.interval_months}个月内"
    return FREQUENCIES[obligation.frequency] + least


def _bodies(binding: Binding) -> str:
    parts = [flag.chinese for flag in binding.flags]
    if binding.parent_kinds:
        parts.append(f"隶属{'、'.join(kind.chinese for kind in binding.parent_kinds)}")
    parts += binding.names
    return binding.kind.chinese + (f"（{'，'.join(parts)}）" if parts else "")


def _table(periods: Sequence[PeriodDates]) -> list[str]:
    """List the first periods with the dates between which they lie."""
    lines = ["| 周期 | 起办 | 计划完成 | 截止 | 日期 |", "| --- | --- | --- | --- | --- |"]
    for one in periods[:MOST_PERIODS]:
        opens_on = min(step.opens_on for step in one.steps)
        plan_by = max(step.plan_by for step in one.steps)
        due_on = max(step.due_on for step in one.steps)
        sure = "待公布后确定" if any(step.provisional for step in one.steps) else "已确定"
        lines.append(f"| {one.period.key} | {opens_on} | {plan_by} | {due_on} | {sure} |")
    if len(periods) > MOST_PERIODS:
        lines.append(f"\n另有{len(periods) - MOST_PERIODS}个周期，见各时间表。")
    return lines
