"""Templates of an administrator: checked field by field when set, recorded, and used by the next draft."""

import io
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from factories import OFFICE, act_on
from quarters import AS_OF, Quarter

from fireduty.errors import InputError
from flows.catalogue import process_named
from tasks.reporting.drafting import draft, order_for_period, sample_fields
from tasks.reporting.fields import CHARTS
from tasks.reporting.forms import form
from tasks.reporting.kinds import ReportKind
from tasks.reporting.templating import set_template, template_in_force

SPECIAL = ReportKind.SPECIAL
ACTOR = f"{OFFICE}/liaison"


def written(folder: Path, *paragraphs: str, base: bytes = b"") -> Path:
    document = Document(io.BytesIO(base)) if base else Document()
    for words in paragraphs:
        document.add_paragraph(words)
    path = folder / "ours.docx"
    document.save(str(path))
    return path


def put(quarter: Quarter, path: Path, kind: ReportKind = SPECIAL, on: date = AS_OF) -> str:
    district = quarter.desk.district
    with district.database.reading() as connection:
        sample = sample_fields(connection, district, kind, on, process_named)
    return set_template(district, act_on(on, ACTOR), kind, path, sample)


def in_force(quarter: Quarter, kind: ReportKind = SPECIAL) -> bytes:
    with quarter.desk.district.database.reading() as connection:
        return template_in_force(connection, quarter.desk.district, kind)


def refusal(quarter: Quarter, path: Path) -> str:
    before = quarter.desk.everything()
    with pytest.raises(InputError) as refused:
        put(quarter, path)
    assert quarter.desk.everything() == before
    assert in_force(quarter) == form(SPECIAL)
    return str(refused.value)


@pytest.mark.parametrize("kind", ReportKind)
def test_our_own_templates_pass_their_own_check(quarter: Quarter, tmp_path: Path, kind: ReportKind) -> None:
    path = tmp_path / "ours.docx"
    path.write_bytes(form(kind))
    put(quarter, path, kind)
    # It is the one in force already, so there is nothing to record.
    assert quarter.desk.events("template.set") == []


def test_a_template_set_in_force_is_recorded_and_used_by_the_next_draft(quarter: Quarter, tmp_path: Path) -> None:
    path = written(tmp_path, "{{ title }}", "{{ total.owed }}项，{{ chart_kinds }}")
    digest = put(quarter, path)
    [event] = quarter.desk.events("template.set")
    assert event["actor"] == ACTOR
    assert event["body"] == {
        "report": "special",
        "name": "ours.docx",
        "sha256": digest,
        "size": path.stat().st_size,
    }
    district = quarter.desk.district
    with district.database.reading() as connection:
        order = order_for_period(connection, district, SPECIAL, "2027")
        made = draft(connection, district, order, AS_OF, process_named)
    document = Document(io.BytesIO(made.content))
    assert document.paragraphs[1].text.startswith("6项")
    assert len(document.inline_shapes) == 1
    assert in_force(quarter, ReportKind.ANALYSIS) == form(ReportKind.ANALYSIS)
    assert quarter.desk.problems() == []


def test_the_last_template_set_counts_and_setting_it_again_is_no_event(quarter: Quarter, tmp_path: Path) -> None:
    for words in ("一", "二", "二", "一"):
        put(quarter, written(tmp_path, words))
    assert len(quarter.desk.events("template.set")) == 3
    assert Document(io.BytesIO(in_force(quarter))).paragraphs[0].text == "一"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("{{ tital }}", "unknown field 'tital'; expected one of addressee"),
        ("{% if number == '这里从不为真' %}{{ hidden }}{% endif %}", "unknown field 'hidden'"),
        ("{{ total.owned }}", "unknown field: 'dict object' has no attribute 'owned'"),
        ("{% for row in kinds %}{{ row.nome }}{% endfor %}", "unknown field: 'dict object' has no attribute 'nome'"),
        ("{{ title ", "not understood"),
        ("{% for row in kinds %}", "not understood"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_refused_with_the_field(
    quarter: Quarter, tmp_path: Path, words: str, field: str
) -> None:
    assert field in refusal(quarter, written(tmp_path, words))


def test_an_unknown_field_in_a_footer_is_refused_as_well(quarter: Quarter, tmp_path: Path) -> None:
    document = Document()
    document.sections[0].footer.paragraphs[0].text = "{{ nobody }}"
    document.save(str(tmp_path / "ours.docx"))
    assert "nobody" in refusal(quarter, tmp_path / "ours.docx")


@pytest.mark.parametrize("content", [b"", b"{{ title }}", b"PK\x03\x04 not an archive", form(SPECIAL)[:2000]])
def test_what_is_no_word_document_is_refused(quarter: Quarter, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ours.docx"
    path.write_bytes(content)
    assert "ours.docx: expected" in refusal(quarter, path)


def test_our_template_is_the_same_file_every_time() -> None:
    assert form(SPECIAL) == form(SPECIAL)


def test_the_page_for_administrators_names_every_field(quarter: Quarter) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "report-upward.md").read_text(encoding="utf-8")
    district = quarter.desk.district
    with district.database.reading() as connection:
        fields = sample_fields(connection, district, SPECIAL, AS_OF, process_named)
    names = {*fields, *CHARTS}
    for value in fields.values():
        row = value[0] if isinstance(value, list) else value
        names |= set(row) if isinstance(row, dict) else set()
    assert sorted(name for name in names if f"`{name}`" not in page) == []
