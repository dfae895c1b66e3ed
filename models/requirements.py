"""What proves a duty: typed requirements, as the regulation files write them."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class FileKind(StrEnum):
    """A kind of file, told by content and not by name."""

    DOCUMENT = "document"
    IMAGE = "image"
    SPREADSHEET = "spreadsheet"


class _Requirement(BaseModel):
    """What every requirement has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    english: str
    optional: bool = False


class FileRequirement(_Requirement):
    """Files of certain kinds, at least so many."""

    kind: Literal["file"]
    accept: tuple[FileKind, ...] = Field(min_length=1)
    min_count: int = Field(default=1, ge=1)

    def describe(self) -> str:
        """Say in Chinese what is wanted."""
        words = {FileKind.DOCUMENT: "文档", FileKind.IMAGE: "照片", FileKind.SPREADSHEET: "表格"}
        kinds = "或".join(words[kind] for kind in self.accept)
        return f"{self.title}（{kinds}，至少{self.min_count}份）"


class NumberRequirement(_Requirement):
    """A whole number within bounds."""

    kind: Literal["number"]
    minimum: int = 0
    maximum: int | None = None
    unit: str = ""

    def describe(self) -> str:
        """Say in Chinese what is wanted."""
        upper = "" if self.maximum is None else f"，不多于{self.maximum}{self.unit}"
        return f"{self.title}（不少于{self.minimum}{self.unit}{upper}）"


class DateRequirement(_Requirement):
    """One or more dates.

    Where `within` is the period, each must lie in it; where it is `ahead`, each is a limit that is set by the step, and
    none may be past.
    """

    kind: Literal["date"]
    within: Literal["period", "any", "ahead"] = "period"
    min_count: int = Field(default=1, ge=1)

    def describe(self) -> str:
        """Say in Chinese what is wanted."""
        count = f"，至少{self.min_count}次" if self.min_count > 1 else ""
        place = {"period": "应在本周期内", "any": "日期", "ahead": "今后的日期"}[self.within]
        return f"{self.title}（{place}{count}）"


class TextRequirement(_Requirement):
    """A text of at least so many characters."""

    kind: Literal["text"]
    min_length: int = Field(default=1, ge=1)

    def describe(self) -> str:
        """Say in Chinese what is wanted."""
        return f"{self.title}（至少{self.min_length}字）"


class ChoiceRequirement(_Requirement):
    """One of several answers; later steps can depend on which."""

    kind: Literal["choice"]
    options: dict[str, str] = Field(min_length=2)
    """The words on screen, by the value that is stored."""

    def describe(self) -> str:
        """Say in Chinese what is wanted."""
        words = "；".join(f"{value}＝{word}" for value, word in self.options.items())
        return f"{self.title}（选填其一：{words}）"


Requirement = Annotated[
    FileRequirement | NumberRequirement | DateRequirement | TextRequirement | ChoiceRequirement,
    Field(discriminator="kind"),
]
