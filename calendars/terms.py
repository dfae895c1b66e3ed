"""School terms by division, academic year and stage.

Each division and academic year is one file that is only ever added to: a new publication is a new
revision and the old one becomes `superseded`. In a folder of files added after installation nothing
is ever changed, so a further publication is a further file (`2026-2027~2.yaml`), which counts in
place of those before it. Where nothing is published a term is predicted by the
rule below and stays provisional.

The rule of prediction, held against the published years on file (`tests/unit/calendars`):

* term 1 starts on 1 September, or on the Monday after when that is a weekend;
* term 1 ends on the last Friday at least 14 days before the Spring Festival;
* term 2 starts on the first Monday at least 13 days after the Spring Festival;
* term 2 ends on the day of the year on which the division's last published one ended, else on 30
  June.

The true start may lie 7 days and the true end 14 days from the prediction, either way.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from calendars.divisions import lineage
from calendars.sources import DATA, Entry, digest, read
from calendars.statute import festivals
from fireduty.errors import CalendarRangeError

SCHOOL_TERMS = DATA / "school_terms"
STAGES = ("compulsory", "non_compulsory")

STARTS_MARGIN = 7
ENDS_MARGIN = 14
PREDICTION = "按规则预测，当年校历尚未收录"

_FRIDAY, _SATURDAY = 4, 5
_SPANS = ("term1", "winter", "term2", "summer")


@dataclass(frozen=True, slots=True)
class Term:
    """One school term.

    Attributes:
        key: Such as `2026-2027-T1`.
        division: The division whose publication it is, or that was asked for when predicted.
        stage: `compulsory` or `non_compulsory`.
        starts_on: First school day.
        ends_on: Last school day.
        provisional: Whether it is predicted.
        source: The publication, or the rule.
        starts_margin: How many days the true start may lie from `starts_on`, either way.
        ends_margin: The same for the end.
    """

    key: str
    division: str
    stage: str
    starts_on: date
    ends_on: date
    provisional: bool
    source: str
    starts_margin: int = 0
    ends_margin: int = 0


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The revision in force of one academic year, as published.

    Attributes:
        division: GB/T 2260 code.
        year: The year in which it begins.
        status: `published` or `predicted`.
        source: Title of the publication.
        spans: Terms and vacations, by stage and then by `term1`, `winter`, `term2`, `summer`; what
            the publication does not say is absent.
    """

    division: str
    year: int
    status: str
    source: str
    spans: dict[str, dict[str, tuple[date, date]]]


def term(
    division: str,
    year: int,
    number: int,
    stage: str = "compulsory",
    added: Path | None = None,
) -> Term:
    """Return a term as published, by the division or the nearest one above it, else as predicted.

    Args:
        division: GB/T 2260 code.
        year: The year in which the academic year begins.
        number: 1 for autumn, 2 for spring.
        stage: `compulsory` or `non_compulsory`.
        added: A folder laid out as `calendars/data` with school terms added after installation;
            they come before those of the package.

    Raises:
        CalendarRangeError: For another number or stage, or a year whose Spring Festival is not on
            file.
        CalendarDataError: When a file contradicts itself; names file and line.
    """
    if number not in (1, 2) or stage not in STAGES:
        message = f"term {number} of stage {stage!r}: no such term"
        raise CalendarRangeError(message, f"terms are 1 and 2, stages {' and '.join(STAGES)}")
    folders = term_folders(added)
    for place in lineage(division):
        for folder in folders:
            if found := _on_file(place, year, number, stage, folder):
                return found
    return _predicted(division, year, number, stage, folders)


def term_folders(added: Path | None) -> tuple[Path, ...]:
    """Return the folders of school terms, those of a folder laid out like the package's data first."""
    return (SCHOOL_TERMS,) if added is None else (added / SCHOOL_TERMS.name, SCHOOL_TERMS)


def terms_version(division: str, added: Path | None = None) -> str:
    """Return a digest of every file from which the terms of a division are read."""
    places = [folder / place for place in lineage(division) for folder in term_folders(added)]
    return digest([path for place in places for path in place.glob("*.yaml")])


def newest(folder: Path, name: str) -> Path | None:
    """Return the file of a name that was added last, or None where there is none."""
    found = numbered(folder, name)
    return max(found)[1] if found else None


def following(folder: Path, name: str) -> Path:
    """Return the file under which a name is added next: `NAME.yaml`, then `NAME~2.yaml`."""
    number = 1 + max((number for number, _ in numbered(folder, name)), default=0)
    return folder / (f"{name}.yaml" if number == 1 else f"{name}~{number}.yaml")


def numbered(folder: Path, name: str) -> list[tuple[int, Path]]:
    """Return the files of a name with their numbers, in no order."""
    found = [(1, folder / f"{name}.yaml")] if (folder / f"{name}.yaml").exists() else []
    for path in folder.glob(f"{name}~*.yaml"):
        number = path.stem.removeprefix(f"{name}~")
        if number.isdecimal():
            found.append((int(number), path))
    return found


@cache
def school_year(division: str, year: int, folder: Path = SCHOOL_TERMS) -> SchoolYear | None:
    """Return the revision in force of an academic year, or None when nothing is on file.

    Raises:
        CalendarDataError: When the file contradicts itself; names file and line.
    """
    path = newest(folder / division, f"{year}-{year + 1}")
    return None if path is None else read_school_year(path)


def read_school_year(path: Path) -> SchoolYear:
    """Read one file of school terms and check it.

    Raises:
        CalendarDataError: When a span ends before it starts, spans overlap, or no single revision
            is in force.
    """
    entry = read(path)
    found = school_year_of(entry)
    if found.division != path.parent.name:
        message = f"division: {found.division} in the folder of {path.parent.name}"
        raise entry.fault(message, "division", "move the file or correct the code")
    return found


def school_year_of(entry: Entry) -> SchoolYear:
    """Check the content of a file of school terms, wherever it lies.

    Raises:
        CalendarDataError: As `read_school_year` does.
    """
    entry.only("division", "academic_year", "last_verified_on", "revisions")
    year = _academic_year(entry)
    revisions = [_revision(revision, year) for revision in entry.entries("revisions")]
    current = [revision for revision in revisions if revision[0] != "superseded"]
    if len(current) != 1:
        message = f"revisions: {len(current)} are in force, expected one"
        raise entry.fault(message, "revisions", "mark the older ones as superseded")
    status, source, spans = current[0]
    return SchoolYear(entry.text("division"), year, status, source, spans)


def _academic_year(entry: Entry) -> int:
    text = entry.text("academic_year")
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(last) == int(first) + 1):
        message = f"academic_year: expected two years such as 2026-2027, got {text}"
        raise entry.fault(message, "academic_year")
    return int(first)


def _revision(entry: Entry, year: int) -> tuple[str, str, dict[str, dict[str, tuple[date, date]]]]:
    entry.only("published_on", "status", "source", "issuer", "document", "url", "stages")
    status = entry.text("status")
    if status not in {"published", "predicted", "superseded"}:
        message = f"status: expected published, predicted or superseded, got {status}"
        raise entry.fault(message, "status")
    stages = entry.entry("stages").only(*STAGES)
    spans = {stage: _spans(stages.entry(stage), year) for stage in stages.names()}
    return status, entry.text("source"), spans


def _spans(entry: Entry, year: int) -> dict[str, tuple[date, date]]:
    entry.only(*_SPANS)
    found = {name: entry.span(name) for name in _SPANS if entry.has(name)}
    first, last = date(year, 8, 1), date(year + 1, 9, 15)
    previous = ""
    for name, (starts_on, ends_on) in found.items():
        if not (first <= starts_on and ends_on <= last):
            message = f"{name}: {starts_on} to {ends_on} lies outside {year}-{year + 1}"
            raise entry.fault(message, name, "correct the year")
        if previous and starts_on <= found[previous][1]:
            message = f"{name}: starts on {starts_on}, before {previous} has ended"
            raise entry.fault(message, name, "check both against the publication")
        previous = name
    return found


def _on_file(division: str, year: int, number: int, stage: str, folder: Path = SCHOOL_TERMS) -> Term | None:
    published = school_year(division, year, folder)
    span = published.spans.get(stage, {}).get(f"term{number}") if published else None
    if published is None or span is None:
        return None
    predicted = published.status == "predicted"
    return Term(
        key=_key(year, number),
        division=division,
        stage=stage,
        starts_on=span[0],
        ends_on=span[1],
        provisional=predicted,
        source=published.source,
        starts_margin=STARTS_MARGIN if predicted else 0,
        ends_margin=ENDS_MARGIN if predicted else 0,
    )


def _predicted(division: str, year: int, number: int, stage: str, folders: tuple[Path, ...] = (SCHOOL_TERMS,)) -> Term:
    if number == 1:
        starts_on = _monday_unless_weekday(date(year, 9, 1))
        ends_on = _friday_before(_spring_festival(year + 1) - timedelta(days=14))
    else:
        starts_on = _monday_from(_spring_festival(year + 1) + timedelta(days=13))
        ends_on = _last_end(division, year, stage, folders)
    return Term(
        key=_key(year, number),
        division=division,
        stage=stage,
        starts_on=starts_on,
        ends_on=ends_on,
        provisional=True,
        source=PREDICTION,
        starts_margin=STARTS_MARGIN,
        ends_margin=ENDS_MARGIN,
    )


def _last_end(division: str, year: int, stage: str, folders: tuple[Path, ...]) -> date:
    for earlier in range(year - 1, year - 11, -1):
        for place in lineage(division):
            for folder in folders:
                found = _on_file(place, earlier, 2, stage, folder)
                if found and not found.provisional:
                    return found.ends_on.replace(year=year + 1)
    return date(year + 1, 6, 30)


def _spring_festival(year: int) -> date:
    if year not in festivals():
        message = f"the academic year {year - 1}-{year} is not covered"
        raise CalendarRangeError(message, f"years {min(festivals())} to {max(festivals())} are")
    return festivals()[year]["spring_festival"]


def _monday_unless_weekday(on: date) -> date:
    return _monday_from(on) if on.weekday() >= _SATURDAY else on


def _monday_from(on: date) -> date:
    return on + timedelta(days=-on.weekday() % 7)


def _friday_before(on: date) -> date:
    return on - timedelta(days=(on.weekday() - _FRIDAY) % 7)


def _key(year: int, number: int) -> str:
    return f"{year}-{year + 1}-T{number}"
