"""Which reports are drafted, and for which step of which process each is the proof."""

from enum import StrEnum

from models.regulation import StepTerms
from models.requirements import FileKind, FileRequirement


class ReportKind(StrEnum):
    """A report that is drafted from the record."""

    SPECIAL = "special"
    ANALYSIS = "analysis"

    @property
    def chinese(self) -> str:
        """What it is called."""
        return {ReportKind.SPECIAL: "专题报告", ReportKind.ANALYSIS: "形势分析"}[self]

    @property
    def flow(self) -> str:
        """The process it belongs to."""
        return {ReportKind.SPECIAL: "higher-report", ReportKind.ANALYSIS: "situation-analysis"}[self]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of that process that it proves."""
        return {ReportKind.SPECIAL: ("draft", "send"), ReportKind.ANALYSIS: ("analyse",)}[self]

    def heading(self, signer: str, period: str) -> str:
        """Return the heading of the document, on two lines: who reports, and what about."""
        if self is ReportKind.SPECIAL:
            return f"{signer}\n关于{period}消防工作情况的报告"
        return f"{signer}\n{period}消防安全形势分析报告"


def kind_of(flow: str, step: str) -> ReportKind | None:
    """Return the report that proves a step, if one does."""
    return next((kind for kind in ReportKind if kind.flow == flow and step in kind.steps), None)


def requirement_for(terms: StepTerms) -> str:
    """Return the key of the file a draft is handed in as: the first that takes a document; empty where none does."""
    files = (one for one in terms.evidence if isinstance(one, FileRequirement))
    return next((one.key for one in files if FileKind.DOCUMENT in one.accept), "")
