"""Events: what is reported opens a case with a number, its parties, and its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from evidence.ledger import Act, Event, EventKind, append
from fireduty.errors import EventError, UnknownNameError
from models.database import bulk_insert
from models.duties import Case
from models.process import Party
from models.regulation import Binding, Obligation, Regulation, Trigger
from tasks import scope
from tasks.actors import require_body
from tasks.agenda import insert_case
from tasks.district import District
from tasks.event_dates import Happening, event_dates
from tasks.ladders import overridden

FARTHEST_DAYS = 400
"""How far from the day of the report an event may lie; farther is taken for a slip of the pen."""


@dataclass(frozen=True)
class Report:
    """What somebody reports.

    Attributes:
        obligation: Full id of the obligation that the event starts.
        event_on: The day it happened, or will happen.
        note: What happened, in the reporter's words.
        reference: The number of the document that brought it.
        body: The code of the body that must act; may be left out where the obligation binds one only.
        about: Codes of the bodies it is about.
        assisting: Codes of the bodies called in.
        reopens: The number of the event that this one takes up again.
    """

    obligation: str
    event_on: date
    note: str = ""
    reference: str = ""
    body: str = ""
    about: Sequence[str] = ()
    assisting: Sequence[str] = ()
    reopens: str = ""


@dataclass(frozen=True)
class Opened:
    """A case that a report opened.

    Attributes:
        case_id: Its number in our tables.
        number: Its number for people, such as `E2027-0001`.
        parties: Codes of bodies by their part.
    """

    case_id: int
    number: str
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)


def report_event(connection: Connection, act: Act, district: District, given: Report) -> Opened:
    """Open the case of an event, within the caller's transaction.

    Its first duties are opened by `tasks.opening`, as those of any other case.

    Raises:
        UnknownNameError: If the obligation, a body or the event to take up again does not exist.
        EventError: If the obligation is not one that an event starts, a body has no part in it, the day is out of
            reach, or the same was reported before.
    """
    regulation, obligation = district.obligation(given.obligation)
    _require_event(obligation)
    _require_near(given.event_on, act.as_of)
    parties = _parties(connection, obligation, given)
    earlier = None if not given.reopens else find_event(connection, given.reopens)
    _require_new(connection, obligation, given, parties)
    number = _next_number(connection, act.as_of.year)
    happening = Happening(given.event_on, act.as_of)
    case = Case(
        obligation_id=obligation.id,
        period=number,
        starts_on=min(given.event_on, act.as_of),
        ends_on=max(given.event_on, act.as_of),
        regulation_digest=regulation.digest,
        calendar_version=district.calendar.version,
        opened_at=act.at,
        event_on=given.event_on,
        reported_on=act.as_of,
        note=given.note.strip(),
        reference=given.reference.strip(),
        reopens_id=None if earlier is None else earlier.id,
    )
    law = overridden(connection, regulation, obligation, act.at)
    dates = event_dates(law, obligation, happening, district.calendar)
    case_id = insert_case(connection, act, case, obligation, dates)
    rows = [(case_id, party, code) for party, codes in parties.items() for code in codes]
    bulk_insert(connection, "case_party", ("case_id", "party", "body_code"), rows)
    payload = {
        "number": number,
        "obligation": obligation.id,
        "event_on": given.event_on.isoformat(),
        "note": case.note,
        "reference": case.reference,
        "parties": {party: list(codes) for party, codes in parties.items()},
        "reopens": given.reopens,
    }
    append(connection, act, [Event(EventKind.EVENT_REPORTED, payload, case_id)])
    return Opened(case_id, number, parties)


def find_event(connection: Connection, number: str) -> Row[Any]:
    """Return the case of an event by its number.

    Raises:
        UnknownNameError: If there is none.
    """
    statement = text("SELECT * FROM duty_case WHERE period = :number AND event_on IS NOT NULL")
    found = connection.execute(statement, {"number": number}).one_or_none()
    if found is None:
        message = f"event {number}: there is none of that number"
        raise UnknownNameError(message, "`fireduty event list` shows those that exist.")
    return found


def event_obligations(regulations: Sequence[Regulation]) -> list[Obligation]:
    """Return the obligations that an event starts."""
    return [one for law in regulations for one in law.obligations if one.trigger is Trigger.EVENT]


def _require_event(obligation: Obligation) -> None:
    if obligation.trigger is not Trigger.EVENT:
        message = f"obligation {obligation.id}: expected one that an event starts, it is {obligation.trigger.value}"
        raise EventError(message, "`fireduty event kinds` lists those that can be reported.")


def _require_near(event_on: date, as_of: date) -> None:
    if abs((event_on - as_of).days) > FARTHEST_DAYS:
        message = f"event on {event_on}: expected a day within {FARTHEST_DAYS} days of today, {as_of}"
        raise EventError(message, "Correct the year.")


def _parties(connection: Connection, obligation: Obligation, given: Report) -> dict[str, list[str]]:
    """Return who has which part, after checking that each body may have it."""
    bound = [given.body] if given.body else _only_bound(connection, obligation)
    for code in (*bound, *given.about, *given.assisting):
        require_body(connection, code)
    _require_among(connection, obligation.binds, bound, f"{obligation.id} binds")
    if obligation.concerns is not None:
        _require_about(obligation, given)
        _require_among(connection, obligation.concerns, given.about, f"{obligation.id} is about")
    supervising = _supervising(connection, obligation, bound[0])
    return {
        Party.BOUND.value: bound,
        Party.CONCERNED.value: list(dict.fromkeys(given.about)),
        Party.ASSISTING.value: list(dict.fromkeys(given.assisting)),
        Party.SUPERVISING.value: [] if supervising is None else [supervising],
    }


def _only_bound(connection: Connection, obligation: Obligation) -> list[str]:
    codes = scope.codes(connection, scope.belongs("a", obligation.binds), "a")
    if len(codes) == 1:
        return codes
    message = f"{obligation.id} binds {len(codes)} bodies of this register: expected to be told which one must act"
    hint = "Name it with --body." if codes else "The register has no such body; import it first."
    raise EventError(message, hint)


def _require_about(obligation: Obligation, given: Report) -> None:
    if not given.about:
        message = f"{obligation.id}: expected the body it is about"
        raise EventError(message, "Name it with --about; it must be in the register.")


def _require_among(connection: Connection, binding: Binding, codes: Sequence[str], what: str) -> None:
    condition = scope.belongs("a", binding)
    sql = f"SELECT a.code FROM body a WHERE {condition.sql} AND a.code IN :given"
    fitting = set(scope.execute(connection, sql, {**condition.values, "given": list(codes)}).scalars())
    if strangers := [code for code in codes if code not in fitting]:
        names = "、".join(binding.names)
        kinds = binding.kind.value + (f" ({names})" if names else "")
        message = f"{what} bodies of kind {kinds}, not {', '.join(strangers)}"
        raise EventError(message, "`fireduty obligation list` shows whom each obligation binds.")


def _supervising(connection: Connection, obligation: Obligation, body: str) -> str | None:
    rule = scope.supervisor(obligation, next(iter(obligation.steps.values())))
    sql = f"SELECT {rule.sql} FROM body a WHERE a.code = :bound"
    found: str | None = scope.execute(connection, sql, {**rule.values, "bound": body}).scalar_one()
    return found


def _require_new(
    connection: Connection, obligation: Obligation, given: Report, parties: Mapping[str, Sequence[str]]
) -> None:
    """Refuse what was reported before: the same obligation, day, document, body and subject."""
    statement = text(
        "SELECT c.id, c.period, p.party, p.body_code FROM duty_case c JOIN case_party p ON p.case_id = c.id"
        " WHERE c.obligation_id = :obligation AND c.event_on = :on AND c.reference = :reference"
        " AND p.party IN ('bound', 'concerned') ORDER BY c.id"
    )
    values = {"obligation": obligation.id, "on": given.event_on.isoformat(), "reference": given.reference.strip()}
    wanted = {(party, code) for party in ("bound", "concerned") for code in parties[party]}
    known: dict[str, set[tuple[str, str]]] = {}
    for row in connection.execute(statement, values):
        known.setdefault(row.period, set()).add((row.party, row.body_code))
    for number, parts in known.items():
        if parts == wanted:
            message = f"{obligation.id} on {given.event_on}: already reported as {number}"
            hint = f"`fireduty event show {number}` shows it; a second one of that day needs its own --reference."
            raise EventError(message, hint)


def _next_number(connection: Connection, year: int) -> str:
    statement = text("SELECT count(*) FROM duty_case WHERE period LIKE :like AND event_on IS NOT NULL")
    taken = connection.execute(statement, {"like": f"E{year}-%"}).scalar_one()
    return f"E{year}-{taken + 1:04}"
