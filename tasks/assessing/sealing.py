"""Sealing an assessment: its digest in the ledger, so that a result handed around can be held against the record."""

from sqlalchemy import Connection

from evidence.ledger import Act, Event, EventKind, Head, append
from fireduty.errors import UnknownNameError
from models.schemes import Method, load_scheme, scheme_file
from tasks.assessing.results import Assessment
from tasks.district import District


def scheme_in_force(district: District, regulation: str = "") -> Method:
    """Return the scheme of a regulation, the administrator's before the one that came with it.

    Args:
        district: The district.
        regulation: Id of the regulation; the first in force here that has a scheme where empty.

    Raises:
        UnknownNameError: If there is no scheme.
        SchemeError: If it is wrong.
    """
    data = district.settings.folder
    if regulation:
        return load_scheme(scheme_file(regulation, data), data)
    for name in district.settings.regulations:
        try:
            return load_scheme(scheme_file(name, data), data)
        except UnknownNameError:
            continue
    message = f"assessment scheme: none of {', '.join(district.settings.regulations)} has one"
    raise UnknownNameError(message, "Write assessment/<regulation>.yaml in the data folder.")


def seal(connection: Connection, act: Act, assessment: Assessment) -> Head:
    """Append the assessment's digest to the ledger, within the caller's transaction."""
    payload = {
        "scheme": assessment.scheme.id,
        "scheme_digest": assessment.scheme.digest,
        "year": assessment.year,
        "as_of": assessment.as_of.isoformat(),
        "bodies": len(assessment.standings),
        "ranked": len(assessment.ranked),
        "digest": assessment.digest,
    }
    return append(connection, act, [Event(EventKind.ASSESSMENT_SEALED, payload)])
