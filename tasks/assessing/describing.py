"""Results as programs read them; points are text with two decimals, so that no reader rounds them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from fireduty.clock import local_date
from fireduty.errors import UnknownNameError
from models.assessment import Outcome
from models.columns import instant_of
from models.regulation import Obligation
from tasks.assessing.counting import by_obligation
from tasks.assessing.results import Assessment, Demand, Loss, Standing
from tasks.assessing.scoring import counted, points


def head_of(assessment: Assessment) -> dict[str, Any]:
    """Return what was assessed, under which scheme, and the digest of the result."""
    return {
        "year": assessment.year,
        "as_of": assessment.as_of.isoformat(),
        "scheme": assessment.scheme.id,
        "scheme_digest": assessment.scheme.digest,
        "digest": assessment.digest,
        "total": assessment.scheme.total,
        "ranked": len(assessment.ranked),
    }


def whole(assessment: Assessment) -> dict[str, Any]:
    """Return every body with how its duties came out, and what the texts demand next."""
    return {
        **head_of(assessment),
        "bodies": [_body(one, assessment) for one in assessment.standings],
        "next": [_demand(one) for one in assessment.demands],
    }


def of_body(connection: Connection, assessment: Assessment, code: str) -> dict[str, Any]:
    """Return one body with every group and the duties behind each lost point.

    Raises:
        UnknownNameError: If the register has no such body.
    """
    standing = next((one for one in assessment.standings if one.code == code), None)
    if standing is None:
        message = f"body {code}: not in the register"
        raise UnknownNameError(message, "`fireduty register export FILE` shows all codes.")
    losses = [loss for _, found in assessment.losses(connection, code) for loss in found]
    return {
        **head_of(assessment),
        **_body(standing, assessment),
        "groups": _groups(standing, assessment, losses),
        "obligations": _obligations(connection, assessment, code),
    }


def _body(one: Standing, assessment: Assessment) -> dict[str, Any]:
    return {
        "rank": one.rank,
        "rank_in_kind": one.rank_in_kind,
        "body": one.code,
        "name": one.name,
        "kind": one.kind,
        "score": None if one.score is None else points(one.score),
        "grade": one.grade,
        "due": counted(one.tally, assessment.scheme.credit),
        **{outcome.value: number for outcome, number in one.tally.items()},
        "pending": one.pending,
    }


def _groups(standing: Standing, assessment: Assessment, losses: Sequence[Loss]) -> list[dict[str, Any]]:
    scheme = {group.id: group for group in assessment.scheme.groups}
    law = {name: obligation for name, (obligation, _) in assessment.method.places().items()}
    return [
        {
            "group": group.group,
            "title": scheme[group.group].title,
            "weight": scheme[group.group].weight,
            "share": points(group.share),
            "lost": points(group.lost),
            "due": counted(group.tally, assessment.scheme.credit),
            **{outcome.value: number for outcome, number in group.tally.items()},
            "duties": [_loss(one, law[one.obligation]) for one in losses if one.group == group.group],
        }
        for group in standing.groups
    ]


def _obligations(connection: Connection, assessment: Assessment, code: str) -> list[dict[str, Any]]:
    """Return the body's duties by obligation and outcome."""
    law = {name: obligation for name, (obligation, _) in assessment.method.places().items()}
    found: dict[str, dict[str, Any]] = {}
    for row in by_obligation(connection, assessment.span, code):
        one = law[row.obligation_id]
        empty = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        head = {"obligation": one.id, "ref": one.ref, "title": one.title, "group": row.group_id}
        found.setdefault(one.id, {**head, **empty})[row.outcome] = row.n
    return list(found.values())


def _loss(one: Loss, obligation: Obligation) -> dict[str, Any]:
    return {
        "duty": one.duty_id,
        "obligation": one.obligation,
        "ref": obligation.ref,
        "title": obligation.title,
        "period": one.period,
        "step": one.step,
        "about": one.about,
        "due_on": one.due_on,
        "received_on": local_date(instant_of(one.done_at)).isoformat() if one.done_at else "",
        "outcome": one.outcome.value,
        "outcome_zh": one.outcome.chinese,
        "submission": one.submission_id,
        "review": one.review_id,
        "lost": points(one.lost),
    }


def _demand(one: Demand) -> dict[str, Any]:
    return {
        "regulation": one.regulation,
        "ref": one.follow_up.ref,
        "kind": one.follow_up.kind.value,
        "kind_zh": one.follow_up.kind.chinese,
        "title": one.follow_up.title,
        "to": list(one.follow_up.to),
        "bodies": [body.code for body in one.bodies],
        "names": [body.name for body in one.bodies],
        "ours": one.follow_up.ours,
    }
