"""What the words and numbers of a result mean, for the sheet and the page that explain it."""

from collections.abc import Iterator

from models.assessment import Outcome, Scheme
from tasks.assessing.results import UNRANKED, Assessment, Demand

LISTED = 40
"""How many bodies are named in one place; the overview lists all of them."""

_MEANINGS = {
    Outcome.ON_TIME: "最后一次提交在应完成日期当天或之前收到，已审核通过或正在待审核",
    Outcome.LATE: "最后一次提交在应完成日期之后收到，已审核通过或正在待审核",
    Outcome.MISSING: "应完成日期已过，没有提交",
    Outcome.RETURNED: "应完成日期已过，最后一次提交被退回，尚未补正",
    Outcome.WAIVED: "经批准不适用",
    Outcome.NOT_YET_DUE: "应完成日期未到，也未提交；不计分",
}


def definitions(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Yield what is explained, each with its explanation."""
    scheme = assessment.scheme
    law = assessment.method.law
    yield "规范性文件", f"{law.title}（{law.document_number}）" if law.document_number else law.title
    yield "考核依据", scheme.basis
    yield "考核年度", f"{assessment.year}年，以应完成日期所在年度为准"
    yield "截止日期", f"{assessment.as_of.isoformat()}，此后的提交和审核不计"
    yield "主体数", f"{len(assessment.standings)}，其中有应办任务的 {len(assessment.ranked)}"
    yield "结果摘要（SHA-256）", assessment.digest
    yield "办法", f"{scheme.id} {scheme.title}"
    yield "办法文件摘要（SHA-256）", scheme.digest
    if scheme.ours:
        yield "本系统设定", scheme.ours
    yield "总分", f"{scheme.total}"
    for group in scheme.groups:
        yield f"权重：{group.title}", f"{group.weight}"
    for outcome in Outcome:
        yield outcome.chinese, f"{_MEANINGS[outcome]}{_credit(scheme, outcome)}"
    yield "应办", "计分的任务数"
    yield "计分", "同一分项内各任务份额相同；本年度没有应办任务的分项，其权重按比例并入其他分项"
    yield "精度", "按百分之一分计算，任务失分之和等于分项失分，分项得分之和等于总得分"
    for grade, best in zip(scheme.grades, (None, *scheme.grades), strict=False):
        below = "" if best is None else f"，不足 {best.at_least} 分"
        yield f"等次：{grade.title}", f"{grade.at_least} 分以上{below}"
    yield "排名", "得分相同的名次相同，其后名次顺延；同类排名只在同一类别主体之间"
    yield UNRANKED, "没有计分的任务，不排名、不定等次"


def named(demand: Demand) -> str:
    """Return whom a demand is about, in words: the results, bodies by name, or nobody."""
    if demand.follow_up.about is None:
        return "考核结果"
    names = "、".join(body.name for body in demand.bodies[:LISTED])
    return f"{names}等{len(demand.bodies)}家" if len(demand.bodies) > LISTED else names or "无"


def _credit(scheme: Scheme, outcome: Outcome) -> str:
    if outcome is Outcome.NOT_YET_DUE:
        return ""
    percent = scheme.credit.of(outcome)
    return "；不计分" if percent is None else f"；计该任务份额的 {percent}%"
