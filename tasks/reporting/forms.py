"""Our own templates of the reports, set as GB/T 9704-2012 sets an official document, without red head or seal.

An administrator takes one as a file, changes its words in any word processor and sets it in force; the fields in
double braces stay where the record is to speak.
"""

from tasks.reporting.kinds import ReportKind
from tasks.reporting.paper import Paper

_TALLY = {
    "应完成": "owed",
    "按期办结": "on_time",
    "逾期办结": "late",
    "待审核": "submitted",
    "逾期未办结": "overdue",
    "办理中": "running",
    "按期办结率": "rate",
}

_COUNTED = (
    "{{ period }}应完成任务{{ total.owed }}项，涉及责任主体{{ bodies }}家。截至{{ as_of }}，"
    "按期办结{{ total.on_time }}项，逾期办结{{ total.late }}项，待审核{{ total.submitted }}项，"
    "逾期未办结{{ total.overdue }}项，尚在办理期限内{{ total.running }}项；按期办结率{{ total.rate }}，{{ change }}。"
)
_ESCALATED = (
    "审核退回补正{{ returns }}次。逾期后通知责任人{{ escalations.overdue.notices }}次，涉及任务"
    "{{ escalations.overdue.duties }}项；提醒主管部门{{ escalations.prompt.notices }}次，涉及任务"
    "{{ escalations.prompt.duties }}项；警示{{ escalations.warning.notices }}次，涉及任务"
    "{{ escalations.warning.duties }}项。"
)
_DEFINED = (
    "按期办结率＝按期办结÷（按期办结＋逾期办结＋逾期未办结）；是否逾期以材料送达系统的日期为准；待审核和尚在办理期限内的不计入。状态“已办结”即按期办结。"
    "下表列出各项统计所含任务的编号，编号较多的见同期台账备注栏，可逐项查对。"
)


def form(kind: ReportKind) -> bytes:
    """Return our template of a report as a docx file; always the same bytes."""
    paper = Paper()
    paper.title("{{ title }}")
    paper.only_if("number", "（{{ number }}）")
    paper.line("{{ addressee }}：", indent=False)
    body = {ReportKind.SPECIAL: _special, ReportKind.ANALYSIS: _analysis}[kind]
    body(paper)
    paper.line("附件：1. 逾期未办结任务清单")
    paper.line("　　　2. 数据来源")
    paper.signature("{{ signer }}", "{{ dated }}")
    _annexes(paper)
    return paper.content()


def _special(paper: Paper) -> None:
    paper.line(
        "按照《{{ regulation }}》（{{ regulation_number }}）{{ clause }}，现将{{ period }}消防工作情况报告如下。"
        "文中数据取自消防安全责任制履职记录，截至{{ as_of }}。"
    )
    paper.heading("一、总体情况")
    paper.line(_COUNTED)
    paper.picture("chart_months", "图1　各月到期任务办理情况")
    paper.heading("二、责任落实情况")
    paper.table("表1　各类事项办理情况", "groups", {"事项": "name", **_TALLY})
    paper.picture("chart_kinds", "图2　各类责任主体按期办结率")
    paper.table("表2　各类责任主体办理情况", "kinds", {"责任主体": "name", **_TALLY})
    paper.heading("三、检查、整治、演练和经费保障数据")
    paper.line("以下为各责任主体填报并经审核通过的数据。")
    _numbers(paper, "表3")
    paper.heading("四、督促提醒情况")
    paper.line(_ESCALATED)
    paper.heading("五、存在的主要问题")
    paper.each("weak")
    paper.heading("六、下一步工作")
    paper.each("next")


def _analysis(paper: Paper) -> None:
    paper.line(
        "按照《{{ regulation }}》（{{ regulation_number }}）{{ clause }}，对{{ period }}消防安全形势作如下分析。"
        "文中数据取自消防安全责任制履职记录，截至{{ as_of }}。"
    )
    paper.heading("一、总体形势")
    paper.line(_COUNTED)
    paper.picture("chart_months", "图1　各月到期任务办理情况")
    paper.table("表1　各月办理情况", "months", {"月份": "name", **_TALLY})
    paper.line(_ESCALATED)
    paper.heading("二、薄弱环节")
    paper.each("weak")
    paper.table("表2　各类事项办理情况", "groups", {"事项": "name", **_TALLY})
    paper.picture("chart_kinds", "图2　各类责任主体按期办结率")
    paper.heading("三、检查和隐患数据")
    _numbers(paper, "表3")
    paper.heading("四、检查治理建议")
    paper.each("next")


def _numbers(paper: Paper, place: str) -> None:
    columns = {"填报事项": "title", "单位": "unit", "填报数": "answers", "合计": "total", "平均": "average"}
    paper.table(f"{place}　填报数据汇总", "numbers", columns)


def _annexes(paper: Paper) -> None:
    paper.annex("附件1", "逾期未办结任务清单")
    columns = {"序号": "number", "任务编号": "duty", "责任主体": "body", "事项": "title", "依据": "clause"}
    paper.line("截至{{ as_of }}，逾期未办结任务共{{ total.overdue }}项，下表列逾期最久的各项。")
    paper.table("", "overdue", {**columns, "应完成日期": "due_on", "逾期天数": "days", "已升级至": "level"})
    paper.annex("附件2", "数据来源")
    paper.line(_DEFINED)
    columns = {"序号": "number", "事项": "title", "依据": "clause", "环节": "step"}
    paper.table("", "sources", {**columns, "状态": "status", "任务数": "duties", "任务编号": "ids"})
