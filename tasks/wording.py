"""The words of messages: the templates in `tasks/templates/`, and how they say dates, spans and occasions."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).parent / "templates"

Fill = Callable[[str, Mapping[str, Any]], str]
"""Fills in a template of a name."""

OWN_FOLDER = "templates"
"""Where in the data folder the templates lie that were set in place of ours."""

GROUPS = {
    "overdue": ("逾期", "Overdue"),
    "returned": ("退回补正", "Returned for correction"),
    "due": ("临近", "Due soon"),
    "new": ("新任务", "New"),
    "below": ("下级逾期提醒", "Overdue in bodies you supervise"),
    "other": ("知悉", "For your information"),
    "settled": ("已提交或已办结", "Submitted or closed"),
}
"""What each group of a message is called, in Chinese and English."""

_OCCASIONS = {
    "assigned": ("任务下达", "assigned"),
    "remind": ("提前{n}个工作日提醒", "reminder {n} working days ahead"),
    "due": ("到期提醒", "due"),
    "overdue": ("逾期第{n}个工作日", "working day {n} overdue"),
    "supervise": ("逾期第{n}个工作日，提醒主管部门", "working day {n} overdue, told to the supervising body"),
    "office": ("逾期第{n}个工作日，警示", "working day {n} overdue, warning to the committee office"),
    "returned": ("第{n}版材料退回", "revision {n} returned"),
    "accepted": ("第{n}版材料审核通过", "revision {n} accepted"),
    "rescheduled": ("节假日安排公布，日期调整", "dates moved with a holiday notice"),
    "rescheduled_clock": ("期限已按文件调整", "time limit changed by a document"),
    "rescheduled_step": ("前一环节办结，期限确定", "time limit settled, the step before is done"),
    "informed": ("事项办结，抄送知悉", "done, copied to you"),
    "rescheduled_terms": ("校历公布，日期调整", "dates moved with a school calendar"),
}

_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


_LEVELS = {
    "information": ("blue", "告知", "information"),
    "reminder": ("blue", "临期提示", "reminder"),
    "prompt": ("blue", "提醒", "prompt"),
    "overdue": ("yellow", "逾期", "overdue"),
    "warning": ("yellow", "警示", "warning"),
    "admonition": ("red", "告诫", "admonition"),
    "referral": ("red", "移送追责建议", "proposal of referral"),
}
"""Colour and words of each level, as it is said; a colour is never shown without its word."""

_COLOURS = {
    "blue": ("蓝色", "#0969da", "#ffffff"),
    "yellow": ("黄色", "#f2c100", "#1f2328"),
    "red": ("红色", "#c62828", "#ffffff"),
}
"""Each colour's name, the colour itself, and that of letters on it: all reach a contrast of 4.5 (WCAG 2, 1.4.3)."""

_LADDER = tuple(_LEVELS)


def render(template: str, facts: Mapping[str, Any], folder: Path | None = None) -> str:
    """Return a template filled in; a fact that it names and is not given is an error.

    A template that was set in place of ours was tried when it was set. Should it fail nevertheless, ours is used: a
    notice must not be lost for its wording.
    """
    if folder is None or not folder.is_dir():
        return _template(template).render(facts)
    try:
        return environment_of(folder).get_template(template).render(facts)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return _template(template).render(facts)


def tried(environment: Environment, template: str, facts: Mapping[str, Any]) -> str:
    """Return a template of an environment filled in, with every fault of it raised."""
    return environment.get_template(template).render(facts)


def pressing(levels: Iterable[str]) -> str:
    """Return the most pressing of some levels."""
    return max(levels, key=lambda level: _LADDER.index(level) if level in _LADDER else -1)


def level_zh(level: str) -> str:
    """Say a level in Chinese, with its colour's name."""
    colour, word, _ = _LEVELS.get(level, ("blue", level, level))
    return f"{_COLOURS[colour][0]}·{word}"


def level_en(level: str) -> str:
    """Say a level in English, with its colour's name."""
    colour, _, word = _LEVELS.get(level, ("blue", level, level))
    return f"{colour}: {word}"


def colour(level: str) -> str:
    """Return the colour of a level, as HTML writes it."""
    return _COLOURS[_LEVELS.get(level, ("blue",))[0]][1]


def ink(level: str) -> str:
    """Return the colour of letters on a level's colour, as HTML writes it."""
    return _COLOURS[_LEVELS.get(level, ("blue",))[0]][2]


def workdays_zh(left: tuple[int, int] | None) -> str:
    """Say in Chinese how many working days are left at least and at most; nothing where that is not known."""
    if left is None or left[1] < 0:
        return ""
    least, most = left
    return f"（{most}个工作日）" if least == most else f"（{least}至{most}个工作日，以放假安排为准）"


def workdays_en(left: tuple[int, int] | None) -> str:
    """Say in English how many working days are left at least and at most; nothing where that is not known."""
    if left is None or left[1] < 0:
        return ""
    least, most = left
    words = f"{most} working day{'' if most == 1 else 's'}"
    return f" ({words})" if least == most else f" ({least} to {words}, as the holiday notice will say)"


def date_zh(on: date) -> str:
    """Say a date in Chinese, with its weekday."""
    return f"{on.year}年{on.month}月{on.day}日（星期{_WEEKDAYS[on.weekday()]}）"


def date_en(on: date) -> str:
    """Say a date in English, with its weekday."""
    return f"{on:%A}, {on.day} {on:%B %Y}"


def left_zh(due_on: date, as_of: date) -> str:
    """Say in Chinese how many days are left, or how many it is overdue."""
    days = (due_on - as_of).days
    if days == 0:
        return "今日到期"
    return f"还有{days}天" if days > 0 else f"已逾期{-days}天"


def left_en(due_on: date, as_of: date) -> str:
    """Say in English how many days are left, or how many it is overdue."""
    days = (due_on - as_of).days
    if days == 0:
        return "due today"
    return f"{_days(days)} left" if days > 0 else f"{_days(-days)} overdue"


def occasion_zh(occasion: str) -> str:
    """Say in Chinese why a notice was given; a name unknown here is said as it is."""
    return _occasion(occasion, 0)


def occasion_en(occasion: str) -> str:
    """Say in English why a notice was given; a name unknown here is said as it is."""
    return _occasion(occasion, 1)


def group_zh(urgency: str) -> str:
    """Name a group in Chinese."""
    return GROUPS[urgency][0]


def group_en(urgency: str) -> str:
    """Name a group in English."""
    return GROUPS[urgency][1]


def _occasion(occasion: str, language: int) -> str:
    # Either a rung with its working days (`remind_15`), an act with its revision (`returned:2`), or a change of dates
    # with the notice that caused it (`rescheduled:cn-2027`, `rescheduled:terms-310000-2026-2027`).
    # A rung of a ladder that began anew bears the mark of that (`remind_1.2`).
    for cause in ("terms", "clock", "step"):
        if occasion.startswith(f"rescheduled:{cause}-"):
            return _OCCASIONS[f"rescheduled_{cause}"][language]
    if occasion.startswith("rescheduled:"):
        return _OCCASIONS["rescheduled"][language]
    occasion = occasion.partition(".")[0]
    name, number = re.fullmatch(r"(.*?)(?:[_:](\d+))?", occasion, re.DOTALL).groups()  # type: ignore[union-attr]
    words = _OCCASIONS.get(name, (occasion, occasion))[language]
    if "{n}" in words and number is None:
        return occasion
    return words.replace("{n}", number or "")


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def prepared(environment: Environment) -> Environment:
    """Return an environment with our filters and rules."""
    # Escaping for HTML would spoil names and reasons in plain text.
    environment.autoescape = lambda name: bool(name and name.endswith(".html.j2"))
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    dates = (date_zh, date_en, left_zh, left_en, workdays_zh, workdays_en)
    words = (occasion_zh, occasion_en, group_zh, group_en, level_zh, level_en, colour, ink)
    environment.filters.update({say.__name__: say for say in (*dates, *words)})
    return environment


@cache
def environment_of(folder: Path) -> Environment:
    """Return the environment in which the templates of a folder stand in place of ours.

    They have none of the template language's ways to the program.
    """
    return prepared(SandboxedEnvironment(loader=FileSystemLoader([folder, FOLDER])))


@cache
def _environment() -> Environment:
    return prepared(Environment(loader=FileSystemLoader(FOLDER), autoescape=True))


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)
