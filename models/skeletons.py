"""Skeletons: the files of a new regulation, laid out from its official text for a person to fill in.

Nothing of the text's sentences gets into them: a clause is its ref and the digest of its words, and of what it says
only single words such as 每半年 are shown, as the ground of a proposal.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml

from calendars.periods import Frequency
from fireduty.errors import FiredutyError
from models.clauses import Clause
from models.drafts import CLAUSES, HEAD, OBLIGATIONS, TODO, article_of
from models.kinds import BodyKind
from models.regulation import Reason, Trigger
from models.trigger_words import Proposal, proposals, sure_reason

_WIDTH = 110

LADDERS = """
# The ladders are ours: working days before the day to plan for, or after the due date. A daily duty opens and is due
# on the same day. Change them where the text names days.
ladders:
  default:
    - {name: assigned, audience: body, level: information}
    - {name: remind_15, workdays: -15, audience: body, level: reminder}
    - {name: remind_5, workdays: -5, audience: body, level: reminder}
    - {name: remind_1, workdays: -1, audience: body, level: reminder}
    - {name: due_0, workdays: 0, audience: body, level: reminder}
    - {name: overdue_1, workdays: 1, audience: body, level: overdue}
    - {name: supervise_3, workdays: 3, audience: supervisor, level: prompt}
    - {name: office_5, workdays: 5, audience: office, level: warning}
  monthly:
    - {name: assigned, audience: body, level: information}
    - {name: remind_5, workdays: -5, audience: body, level: reminder}
    - {name: due_0, workdays: 0, audience: body, level: reminder}
    - {name: overdue_1, workdays: 1, audience: body, level: overdue}
    - {name: supervise_3, workdays: 3, audience: supervisor, level: prompt}
  daily:
    - {name: assigned, audience: body, level: information}
    - {name: overdue_1, workdays: 1, audience: body, level: overdue}
    - {name: supervise_3, workdays: 3, audience: supervisor, level: prompt}
"""

_CLAUSES_HEAD = """\
Every clause of the text in order. Write a gist of each in your own words, and give it an obligation in obligations/, or
the `reason` why it has none: {reasons}. A word of the text that speaks for a trigger stands as a remark.
"""

_ARTICLE_HEAD = """\
{article}: one obligation for each clause that seems to hold a duty. Take the "# " away, write what says TODO, delete
what does not apply, or this file where nothing does. docs/how-to/add-a-regulation.md explains each field.

Frequencies: {frequencies}.

Kinds of bodies: {kinds}.

Flows, with their steps: `fireduty regulation flows`.
"""

_OBLIGATION = """\
- id: TODO   # such as {article}.drill: the article, then a word or two
  ref: {ref}
  title: TODO   # 职责名称，不超过20字
  english: TODO
  summary: TODO   # in your own words, up to 45 characters
  trigger: {trigger}   # {word}; periodic, event, unspecified_periodic or standing
  {frequency_off}frequency: {frequency}   # not of an event
  # occasions: [TODO]   # only with the frequency occasion
  # interval_months: 12   # only with the frequency after_last
  {event_off}event: TODO   # what has to happen; only of an event
  min_count: 1   # how often at least in one period
  binds: {{kind: TODO}}   # who must act; narrowed by flags: [], parent_kinds: [], names: []
  # concerns: {{kind: TODO}}   # whom it is about, where the flow asks for it
  supervision: {{kind: TODO}}   # who reviews; line: fire for the register's supervisor, chain: [] for those above
  recipient: TODO   # who receives the result
  # copies: [TODO]   # kinds of bodies that are told when it is done
  # overlaps: [TODO]   # ids of obligations that the same act fulfils
  flow: TODO   # the kind of process
  ladder: {ladder}   # one of regulation.yaml
  {ours_off}ours: TODO   # what is your setting and not the law's
  steps:
    TODO:   # a step of the flow; the others below it
      opens: {opens}
      due: {due}
      # by: TODO   # who acts, where it is another body than the flow says
      # supervisor: TODO   # who reviews this step, where it is another
      evidence:   # what proves it: file, number, date, text or choice
        - {{key: TODO, kind: file, title: TODO, english: TODO, accept: [document]}}
"""


def files_of(head: Mapping[str, str | date], clauses: Sequence[Clause]) -> dict[str, str]:
    """Return the files of a new regulation by their path in its folder.

    Args:
        head: The fields of its head; `TODO` where one is not known yet.
        clauses: The clauses of its official text.
    """
    written = yaml.safe_dump(dict(head), allow_unicode=True, sort_keys=False, width=200)
    reasons = ", ".join(Reason)
    files = {CLAUSES: _remark(_CLAUSES_HEAD.format(reasons=reasons), "# ") + "".join(_clauses(clauses))}
    seeming: dict[str, list[tuple[str, Proposal]]] = {}
    for clause in clauses:
        if found := proposals(clause.words):
            seeming.setdefault(article_of(clause.ref), []).append((clause.ref, found[0]))
    for article, duties in seeming.items():
        body = "\n".join(_obligation(article, ref, proposal) for ref, proposal in duties)
        remarks = "".join(f"# {line}".rstrip() + "\n" for line in body.splitlines())
        known = {"frequencies": ", ".join(Frequency), "kinds": ", ".join(BodyKind)}
        head_lines = _remark(_ARTICLE_HEAD.format(article=article, **known), "## ")
        files[f"{OBLIGATIONS}/{_file_name(article)}"] = head_lines + remarks
    # The head makes a folder a regulation, so it is written last.
    return {**files, HEAD: written + LADDERS}


def lay_out(root: Path, files: Mapping[str, str]) -> None:
    """Write the files of a new regulation into a new folder.

    Raises:
        FiredutyError: If there is such a folder already; nothing is ever overwritten.
    """
    try:
        root.mkdir(parents=True)
    except FileExistsError as error:
        message = f"{root}: there is a folder of that name already"
        raise FiredutyError(message, "Give another id, or another folder with --into.") from error
    (root / OBLIGATIONS).mkdir()
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")


def _remark(words: str, sign: str) -> str:
    """Write words as a remark of YAML, with no line too long."""
    lines = [line for part in words.split("\n\n") for line in textwrap.wrap(part, _WIDTH, break_on_hyphens=False)]
    return "".join(f"{sign}{line}\n" for line in lines)


def _clauses(clauses: Sequence[Clause]) -> Iterator[str]:
    refs = [clause.ref for clause in clauses]
    for clause in clauses:
        yield f"- ref: {clause.ref}\n  gist: {TODO}\n  digest: {clause.digest}\n"
        if reason := sure_reason(clause, refs):
            yield f"  reason: {reason.value}\n"
        for one in proposals(clause.words):
            often = f", {one.frequency.value}" if one.frequency else ""
            yield f"  # {one.word}: {one.trigger.value}{often}?\n"


def _obligation(article: str, ref: str, proposal: Proposal) -> str:
    by_event = proposal.trigger is Trigger.EVENT
    often = proposal.frequency or Frequency.YEARLY
    return _OBLIGATION.format(
        article=article,
        ref=ref,
        trigger=proposal.trigger.value,
        word=proposal.word,
        frequency=often.value,
        frequency_off="# " if by_event else "",
        event_off="" if by_event else "# ",
        ladder={Frequency.DAILY: "daily", Frequency.MONTHLY: "monthly"}.get(often, "default"),
        ours_off="" if proposal.trigger is Trigger.UNSPECIFIED_PERIODIC else "# ",
        opens="event" if by_event else "start",
        due="event+7w" if by_event else "end",
    )


def _file_name(article: str) -> str:
    """Return the name of an article's file; articles are numbered with two digits, so that they stand in order."""
    word = article.rstrip("0123456789")
    number = article.removeprefix(word)
    return f"{word}{number:>02}.yaml" if word == "art" else f"{article}.yaml"
