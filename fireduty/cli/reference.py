"""Generated documentation: the table of duties, the commands, the settings. `make docs` writes it, a test checks it.

A generated part stands between `<!-- begin NAME -->` and `<!-- end NAME -->` and is never written by hand.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from fireduty.cli import app
from fireduty.settings import Settings
from models.packs import available, load
from models.regulation import Obligation, Trigger

ROOT = Path(__file__).resolve().parents[2]

FREQUENCIES: dict[str | None, tuple[str, str]] = {
    None: ("事件触发", "on an event"),
    "daily": ("每日", "daily"),
    "weekly": ("每周", "weekly"),
    "monthly": ("每月", "monthly"),
    "quarterly": ("每季度", "quarterly"),
    "half_yearly": ("每半年", "half-yearly"),
    "yearly": ("每年", "yearly"),
    "school_term": ("每学期", "each school term"),
    "every_3_years": ("三年一轮", "every three years"),
    "every_5_years": ("五年一轮", "every five years"),
    "continuous": ("持续", "at all times"),
    "occasion": ("重要时段", "before certain holidays, in certain seasons"),
    "after_last": ("距上次一定期限", "at an interval after it was last done"),
}

TRIGGERS = {"periodic": "定期", "event": "事件", "unspecified_periodic": "未写明频次", "standing": "常设"}


def parts() -> dict[tuple[str, str], str]:
    """Return every generated part, by file and name."""
    return {
        ("README.md", "duties"): _duties_in_english(),
        ("README.md", "regulations"): _regulations(),
        ("README.zh-CN.md", "regulations"): _regulations(),
        ("README.zh-CN.md", "duties"): _duties_in_chinese(),
        ("docs/reference/commands.md", "commands"): "\n".join(_commands()),
        ("docs/reference/settings.md", "settings"): _settings(),
    }


def rewritten(path: str, name: str, content: str) -> str:
    """Return a file's text with one part written anew.

    Raises:
        ValueError: If the file has no such part.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    if not pattern.search(text):
        message = f"{path}: expected a part named {name}"
        raise ValueError(message)
    return pattern.sub(lambda match: f"{match[1]}{content}\n{match[2]}", text)


def outdated() -> list[str]:
    """Return the files whose generated parts are not what they should be."""
    return [path for (path, name), content in parts().items() if rewritten(path, name, content) != _read(path)]


def main() -> None:
    """Write every generated part anew."""
    for (path, name), content in parts().items():
        (ROOT / path).write_text(rewritten(path, name, content), encoding="utf-8")
        sys.stdout.write(f"{path}: {name}\n")


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _regulations() -> str:
    heads = ("id", "名称", "文号", "条款 clauses", *(f"{words} {trigger}" for trigger, words in TRIGGERS.items()))
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for law in map(load, available()):
        counts = Counter(one.trigger.value for one in law.obligations)
        numbers = (len(law.clauses), *(counts[trigger] for trigger in TRIGGERS))
        lines.append(f"| `{law.id}` | {law.title} | {law.document_number} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)


def _obligations() -> Iterator[Obligation]:
    """Yield the obligations whose interval the law itself names; the others are too many for one page."""
    yield from (one for one in load("putuo-2020").obligations if one.trigger is Trigger.PERIODIC)


def _duties_in_english() -> str:
    lines = ["| clause | duty | who | how often | process |", "| --- | --- | --- | --- | --- |"]
    for one in _obligations():
        often = FREQUENCIES[one.frequency][1] + (f", at least {one.min_count}" if one.min_count > 1 else "")
        lines.append(f"| {one.ref} | {one.english} | {one.binds.kind.replace('_', ' ')} | {often} | `{one.flow}` |")
    return "\n".join(lines)


def _duties_in_chinese() -> str:
    lines = ["| 条款 | 职责 | 责任主体 | 频次 | 佐证材料 |", "| --- | --- | --- | --- | --- |"]
    for one in _obligations():
        often = FREQUENCIES[one.frequency][0] + (f"（不少于{one.min_count}）" if one.min_count > 1 else "")
        proof = "；".join(requirement.title for terms in one.steps.values() for requirement in terms.evidence)
        who = "、".join(one.binds.names) or one.binds.kind.chinese
        lines.append(f"| {one.ref} | {one.title} | {who} | {often} | {proof} |")
    return "\n".join(lines)


def _commands() -> Iterator[str]:
    yield from _command(typer.main.get_command(app), "fireduty")


def _command(command: Any, name: str) -> Iterator[str]:
    if below := getattr(command, "commands", None):
        for verb, one in sorted(below.items()):
            yield from _command(one, f"{name} {verb}")
        return
    yield f"## {name}\n\n{(command.help or '').strip()}\n"
    rows = [row for parameter in command.params if (row := _parameter(parameter))]
    if rows:
        yield "| parameter | meaning |\n| --- | --- |"
        yield from rows
        yield ""


def _parameter(parameter: Any) -> str:
    meaning = getattr(parameter, "help", None) or ""
    if parameter.param_type_name == "option":
        names = ", ".join(f"`{option}`" for option in parameter.opts)
        return "" if "--help" in parameter.opts else f"| {names} | {meaning} |"
    return f"| `{(parameter.metavar or parameter.name).strip('[]').upper()}` | {meaning} |"


def _settings() -> str:
    described = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", Settings.__doc__ or "", re.MULTILINE)
    meanings = {field: re.sub(r"\s+", " ", words) for field, words in described}
    lines = ["| field | meaning | default |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        if name == "folder":
            continue
        default = "—" if field.is_required() else f"`{field.get_default(call_default_factory=True)}`"
        lines.append(f"| `{name}` | {meanings[name]} | {default} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
