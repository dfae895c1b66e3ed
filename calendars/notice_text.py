"""The official text of a holiday notice, as pasted, turned into the YAML of this project.

The sentences of these notices have had the same few forms since 2008, and only those are read. A
sentence that names a day and is of no known form is refused at its line: what is not understood is
never left out. The YAML is checked afterwards like every other notice.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from calendars.notices import WEEKDAYS, Notice, days_between, is_weekend, notice_of
from calendars.sources import parse
from fireduty.errors import CalendarDataError, CalendarError

HINT = "paste the notice whole, from its title to its date, or write it as YAML: docs/how-to/add-a-holiday-notice.md"

ENGLISH = {
    "元旦": "new-year",
    "春节": "spring-festival",
    "清明节": "qingming",
    "劳动节": "labour-day",
    "端午节": "dragon-boat",
    "中秋节": "mid-autumn",
    "国庆节": "national-day",
}

_NAME = f"(?:{'|'.join(ENGLISH)})"
_NAMES = rf"{_NAME}(?:[、和与]{_NAME})*"
_TITLE = re.compile(r"(\d{4})年部分节假日安排")
_AMENDMENT = re.compile(rf"(调整|延长)(\d{{4}})年({_NAMES})(?:放假|假期|假日)")
_DOCUMENT = re.compile(r"国办发(?:明电)?[〔\[(【](\d{4})[〕\])】](?:第)?(\d+)号")
_SIGNED = re.compile(r"国务院办公厅,?(\d{4})年(\d{1,2})月(\d{1,2})日")
_ITEM = re.compile(rf"[一二三四五六七八九十]+[、.]({_NAMES})[:,]")
_END = re.compile(r"节假日期间,|国务院办公厅,?\d{4}年|各地区、各部门要")
_DAY = r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:\(([^()]*)\))?"
_REST = re.compile(
    rf"^{_DAY}(?:(?:至|到|-|—|–|~)(?:(\d{{4}})年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日(?:\(([^()]*)\))?)?"
    r"(?:放假调休|放假|调休|休息|连休)"
    rf"(?:,?共?(\d+)天|,?与周末连休|,?不调休)*(?:,{_DAY}补休)?$"
)
_WORK = re.compile(rf"^{_DAY}(?:[、,和]{_DAY})*(?:照常|正常)?上班$")
_EACH_DAY = re.compile(_DAY)
_EXTENDED = re.compile(rf"^延长(\d{{4}})年({_NAMES})假期至{_DAY},{_DAY}起(?:正常|照常)?上班$")
_ADDRESS = re.compile(r"https?://[a-z.]*gov\.cn/[A-Za-z0-9_./?=&%-]+")
_LEAD = re.compile(r"^(?:.*(?:通知如下|调整为):)?(?:[一二三四五六七八九十]、)?")
_TAG = re.compile(r"<[^<>]*>")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice read from its official text.

    Attributes:
        notice: The notice, checked against itself.
        yaml: How it is stored.
    """

    notice: Notice
    yaml: str


@dataclass(slots=True)
class _Holiday:
    """One item of the text: the holiday, its days and the line of each statement."""

    name: str
    line: int
    rest: tuple[date, date] | None = None
    rest_line: int = 0
    days: int = 0
    work: dict[date, int] = field(default_factory=dict)
    unbalanced: str = ""


def read_notice_text(text: str, path: Path, known: Sequence[Notice], read_on: date, url: str = "") -> Reading:
    """Read a notice from its official text.

    Args:
        text: The text as pasted; spaces, line breaks and full-width signs do not matter.
        path: The name of its file, for faults.
        known: The notices already on file, in which the one that an amendment changes is looked up.
        read_on: The day of reading, kept as the day on which the file was compared with the text.
        url: The official address, where the text does not carry it.

    Raises:
        CalendarError: When the address is none of an authority.
        CalendarDataError: When it is no holiday notice, or a sentence with a day is not understood;
            names file and line.
    """
    if url and not _ADDRESS.fullmatch(url):
        message = f"{url}: expected an address on gov.cn"
        raise CalendarError(message, "give the address of the notice itself, or none")
    reader = _Reader(path, *_compact(text))
    if amends := _AMENDMENT.search(reader.text):
        year, names = int(amends[2]), _name(amends[3])
        holidays = [_amended(reader, year, names, known)]
        base = _base(reader, amends, year, names, known)
        number = f"cn-{year}-{'-'.join(ENGLISH[part] for part in names.split('、'))}"
    else:
        year, base = _year(reader), ""
        holidays = list(_items(reader, year))
        number = f"cn-{year}"
    lines, places = _yaml(reader, holidays, year, (number, base, url), read_on)
    entry = parse("\n".join(lines) + "\n", path, places)
    return Reading(notice_of(entry), "\n".join(lines) + "\n")


class _Reader:
    """The text without its spaces, which still knows the line of every character."""

    def __init__(self, path: Path, text: str, lines: Sequence[int]) -> None:
        self.path, self.text, self._lines = path, text, lines

    def line(self, position: int) -> int:
        return self._lines[min(position, len(self._lines) - 1)] if self._lines else 1

    def fault(self, message: str, position: int = 0, hint: str = HINT) -> CalendarDataError:
        return CalendarDataError(f"{self.path}:{self.line(position)}: {message}", hint)

    def sentences(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """Yield the sentences of a part of the text with where each begins."""
        for match in re.compile(r"[^。;;]+").finditer(self.text, start, end):
            yield match[0], match.start()

    def day(self, parts: Sequence[str | None], year: int, position: int) -> date:
        """Return the date of year, month, day and what stands in brackets, which must agree with it."""
        named_year, month, number, remark = parts
        try:
            on = date(int(named_year or year), int(month or 0), int(number or 0))
        except ValueError as error:
            message = f"{month}月{number}日: no such date in {named_year or year}"
            raise self.fault(message, position, "compare with the notice") from error
        found = _WEEKDAY.search(remark or "")
        if found and "周" + found[1].replace("天", "日") != WEEKDAYS[on.weekday()]:
            message = f"{on} is a {WEEKDAYS[on.weekday()]}, not a 周{found[1]}"
            raise self.fault(message, position, "check the day and the year against the notice")
        return on


def _compact(text: str) -> tuple[str, list[int]]:
    """Return the text without spaces and in half-width signs, and the line of each character."""
    kept, lines = [], []
    for number, line in enumerate(text.splitlines(), 1):
        for sign in unicodedata.normalize("NFKC", _TAG.sub("", line)):
            if not sign.isspace() and sign not in "*#\u200b\ufeff":
                kept.append(sign)
                lines.append(number)
    return "".join(kept), lines


def _year(reader: _Reader) -> int:
    if match := _TITLE.search(reader.text):
        return int(match[1])
    message = "not a holiday notice: expected the title 国务院办公厅关于…年部分节假日安排的通知"
    raise reader.fault(message)


def _items(reader: _Reader, year: int) -> Iterator[_Holiday]:
    found = list(_ITEM.finditer(reader.text))
    if not found:
        title = _TITLE.search(reader.text)
        message = "no holiday found: expected items such as 一、元旦：1月1日放假…"
        raise reader.fault(message, 0 if title is None else title.start())
    closing = _END.search(reader.text, found[-1].end())
    ends = [*(match.start() for match in found[1:]), closing.start() if closing else len(reader.text)]
    for match, end in zip(found, ends, strict=True):
        holiday = _Holiday(_name(match[1]), reader.line(match.start()))
        _read_item(reader, holiday, year, match.end(), end)
        yield holiday


def _amended(reader: _Reader, year: int, name: str, known: Sequence[Notice]) -> _Holiday:
    """Read the one holiday that an amendment arranges anew."""
    for sentence, position in reader.sentences(0, len(reader.text)):
        bare = _LEAD.sub("", sentence)
        start = position + len(sentence) - len(bare)
        holiday = _Holiday(name, reader.line(start))
        if match := _EXTENDED.match(bare):
            return _extended(reader, holiday, match, start, known)
        if _REST.match(bare):
            end = _END.search(reader.text, start)
            _read_item(reader, holiday, year, start, end.start() if end else len(reader.text))
            return holiday
    message = f"not understood: expected a sentence that gives the days of {name}"
    raise reader.fault(message)


def _extended(
    reader: _Reader, holiday: _Holiday, match: re.Match[str], start: int, known: Sequence[Notice]
) -> _Holiday:
    """Lengthen a holiday of the notice amended; days worked for it that now rest are made up no more."""
    year = int(match[1])
    end, back = reader.day(match.groups()[2:6], year, start), reader.day(match.groups()[6:10], year, start)
    if (back - end).days != 1:
        message = f"rest until {end}, but work from {back}"
        raise reader.fault(message, start, "compare with the notice")
    old = [block for notice in known if notice.year == year for block in notice.blocks if block.name == holiday.name]
    if old:
        holiday.rest, holiday.rest_line = (old[-1].rest_from, end), reader.line(start)
        still = (on for on in old[-1].work if on > end or on < old[-1].rest_from)
        holiday.work = dict.fromkeys(still, holiday.rest_line)
        holiday.unbalanced = "延长假期，不另行调休"
    return holiday


def _base(reader: _Reader, match: re.Match[str], year: int, name: str, known: Sequence[Notice]) -> str:
    """Return the id of the notice amended."""
    for notice in reversed(known):
        if notice.year == year and name in {block.name for block in notice.blocks}:
            return notice.id
    message = f"amends {name} of {year}, and no notice on file arranges it"
    raise reader.fault(message, match.start(), "add the notice of that year first")


def _read_item(reader: _Reader, holiday: _Holiday, year: int, start: int, end: int) -> None:
    for sentence, position in reader.sentences(start, end):
        if match := _REST.match(sentence):
            _read_rest(reader, holiday, year, match, position)
        elif _WORK.match(sentence):
            for day in _EACH_DAY.finditer(sentence):
                on = reader.day(day.groups(), _year_of(day, holiday, year), position)
                holiday.work[on] = reader.line(position + day.start())
        elif _EACH_DAY.search(sentence) and not sentence.startswith("鼓励"):
            # Leave that is only encouraged (2024) changes no working day; all else must be understood.
            message = f"{holiday.name}: not understood: {sentence}"
            raise reader.fault(message, position)
    if holiday.rest is None:
        message = f"{holiday.name}: no days of rest found"
        raise reader.fault(message, start)


def _read_rest(reader: _Reader, holiday: _Holiday, year: int, match: re.Match[str], position: int) -> None:
    if holiday.rest is not None:
        message = f"{holiday.name}: its days of rest are given twice"
        raise reader.fault(message, position)
    parts = match.groups()
    last_year, last_month, last_day, last_remark, days = parts[4:9]
    last = first = reader.day(parts[:4], _year_of(match, holiday, year), position)
    if last_day:
        # 12月30日至1月1日 runs into the next year without saying so.
        runs_on = last_month is not None and int(last_month) < first.month
        given = last_year or str(first.year + runs_on)
        last = reader.day((given, last_month or str(first.month), last_day, last_remark), year, position)
    if parts[11]:
        last = reader.day(parts[9:], year, position)
    if last < first:
        message = f"{holiday.name}: ends on {last}, before it starts on {first}"
        raise reader.fault(message, position, "compare with the notice")
    if parts[11] and not all(map(is_weekend, list(days_between(first, last))[1:-1])):
        message = f"{holiday.name}: {last} is given in lieu, but days between it and {first} are not said to rest"
        raise reader.fault(message, position)
    holiday.rest, holiday.rest_line, holiday.days = (first, last), reader.line(position), int(days or 0)


def _year_of(match: re.Match[str], holiday: _Holiday, year: int) -> int:
    """Return the year of a day that names none: the last days of December belong to the year before."""
    return year - 1 if holiday.name.startswith("元旦") and match[2] == "12" else year


def _name(names: str) -> str:
    return "、".join(re.findall(_NAME, names))


def _yaml(
    reader: _Reader, holidays: Sequence[_Holiday], year: int, names: tuple[str, str, str], read_on: date
) -> tuple[list[str], list[int]]:
    """Return the lines of the YAML, and for each the line of the text it was read from."""
    document, signed = _DOCUMENT.search(reader.text), _SIGNED.search(reader.text)
    if document is None or signed is None:
        missing = "document number (国办发明电〔…〕…号)" if document is None else "signature (国务院办公厅 …年…月…日)"
        message = f"the {missing} is missing"
        raise reader.fault(message, len(reader.text) if document else 0)
    issued_on = reader.day((*signed.groups(), None), year, signed.start())
    number, base, given = names
    found = _ADDRESS.search(reader.text)
    head = [
        (f"id: {number}", 0),
        (f"year: {year}", 0),
        (f"document: {document[0]}", document.start()),
        (f"issued_on: {issued_on}", signed.start()),
        (f'url: "{given or (found[0] if found else "")}"', found.start() if found else 0),
        (f"last_verified_on: {read_on}", 0),
        *([(f"supersedes: {base}", 0)] if base else []),
        ("holidays:", 0),
    ]
    lines = [line for line, _ in head]
    places = [reader.line(position) for _, position in head]
    for holiday in holidays:
        for line, place in _holiday_yaml(holiday):
            lines.append(line)
            places.append(place)
    # A fault after the last line, such as one of the file's end, is named at the last line.
    return lines, [*places, places[-1]]


def _holiday_yaml(holiday: _Holiday) -> Iterator[tuple[str, int]]:
    yield f"  - name: {holiday.name}", holiday.line
    if holiday.rest is not None:
        yield f"    rest: [{holiday.rest[0]}, {holiday.rest[1]}]", holiday.rest_line
    if holiday.days:
        yield f"    days: {holiday.days}", holiday.rest_line
    if holiday.work:
        days = ", ".join(f"{on}: {WEEKDAYS[on.weekday()]}" for on in sorted(holiday.work))
        yield f"    work: {{{days}}}", min(holiday.work.values())
    if holiday.unbalanced:
        yield f"    unbalanced: {holiday.unbalanced}", holiday.rest_line
