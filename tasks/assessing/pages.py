"""Pages of a plain official draft: margins, founts and order of GB/T 9704-2012, without red head and without seal."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tasks.sheets import same_bytes, writable

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

# GB/T 9704-2012: A4 with 37 mm above and 28 mm at the binding edge around a type area of 156 × 225 mm (5.2), 22 lines a
# page (5.2.3), text in 三号仿宋, which is 16 points (7.3.3), title in 二号小标宋, 22 points (7.3.1), page number in
# 四号宋体 between strokes (7.5).
_MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
_PAGE_MM = (210, 297)
_TEXT, _HEADING, _TITLE, _NUMERALS = "仿宋", "黑体", "方正小标宋简体", "Times New Roman"
_TEXT_POINTS, _TITLE_POINTS, _FOOT_POINTS = 16, 22, 14
_TABLE_POINTS = 10.5  # 五号, so that a table of eight columns holds numbers of six digits
_LINE_POINTS = 28
_TITLE_LINE_POINTS = 36
_DATE_FROM_RIGHT = 4
"""Characters the date of a document without seal stands from the right edge (7.3.5)."""


class Pages:
    """A draft as it is written, from the title down."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        from docx import Document  # noqa: PLC0415 - slow to load, and only files need it
        from docx.shared import Mm, Pt  # noqa: PLC0415 - as above

        self._points = Pt
        self._document = Document()
        self._document.core_properties.author = "Fireduty"
        section = self._document.sections[0]
        section.page_width, section.page_height = (Mm(side) for side in _PAGE_MM)
        for name, width in _MARGINS_MM.items():
            setattr(section, name, Mm(width))
        self._number_pages(section.footer.paragraphs[0])

    def title(self, words: str) -> None:
        """Write the title (标题)."""
        paragraph = self._paragraph(words, _TITLE, _TITLE_POINTS, line=_TITLE_LINE_POINTS)
        paragraph.alignment = _alignment("CENTER")

    def number(self, words: str) -> None:
        """Write the document number (发文字号)."""
        self._paragraph(words, _TEXT, _TEXT_POINTS).alignment = _alignment("CENTER")

    def recipients(self, words: Sequence[str]) -> None:
        """Write to whom it goes (主送机关), at the left edge."""
        self._paragraph(f"{'，'.join(words)}：", _TEXT, _TEXT_POINTS)

    def heading(self, words: str) -> None:
        """Write the heading of a part."""
        self._indented(self._paragraph(words, _HEADING, _TEXT_POINTS))

    def text(self, words: str) -> None:
        """Write a paragraph."""
        self._indented(self._paragraph(words, _TEXT, _TEXT_POINTS))

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Write a table whose header stands on each page it reaches; widths in millimetres, 156 together."""
        from docx.shared import Mm  # noqa: PLC0415 - as above

        table = self._document.add_table(rows=0, cols=len(header))
        table.style = "Table Grid"
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for number, row in enumerate((header, *rows)):
            made = table.add_row()
            _mark(made, "w:cantSplit")
            for cell, words, width in zip(made.cells, row, widths, strict=True):
                cell.width = Mm(width)
                self._run(cell.paragraphs[0], words, _HEADING if number == 0 else _TEXT, _TABLE_POINTS)
        _mark(table.rows[0], "w:tblHeader")

    def signature(self, signer: str, date: str) -> None:
        """Write who signs (署名) and the date (成文日期), at the right."""
        self._paragraph("", _TEXT, _TEXT_POINTS)
        for words, characters in ((signer, _DATE_FROM_RIGHT), (date, _DATE_FROM_RIGHT)):
            paragraph = self._paragraph(words, _TEXT, _TEXT_POINTS)
            paragraph.alignment = _alignment("RIGHT")
            paragraph.paragraph_format.right_indent = self._points(_TEXT_POINTS * characters)

    def foot(self, words: str) -> None:
        """Write what stands below everything, such as who gets copies (抄送)."""
        self._paragraph(words, _TEXT, _FOOT_POINTS)

    def packed(self) -> bytes:
        """Return the file; the same words give the same bytes."""
        packed = io.BytesIO()
        self._document.save(packed)
        return same_bytes(packed.getvalue())

    def _paragraph(self, words: str, face: str, points: float, line: int = _LINE_POINTS) -> "Paragraph":
        paragraph = self._document.add_paragraph()
        form = paragraph.paragraph_format
        form.line_spacing = self._points(line)
        form.space_before = form.space_after = self._points(0)
        self._run(paragraph, words, face, points)
        return paragraph

    def _indented(self, paragraph: "Paragraph") -> None:
        paragraph.paragraph_format.first_line_indent = self._points(2 * _TEXT_POINTS)

    def _run(self, paragraph: "Paragraph", words: str, face: str, points: float) -> None:
        from docx.oxml.ns import qn  # noqa: PLC0415 - as above

        run = paragraph.add_run(writable(words))
        run.font.size = self._points(points)
        run.font.name = _NUMERALS
        # Word keeps the face of Chinese characters apart; the library has no name for it.
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)  # noqa: SLF001 - as above

    def _number_pages(self, paragraph: "Paragraph") -> None:
        from docx.oxml import OxmlElement  # noqa: PLC0415 - as above
        from docx.oxml.ns import qn  # noqa: PLC0415 - as above

        paragraph.alignment = _alignment("CENTER")
        self._run(paragraph, "— ", "宋体", _FOOT_POINTS)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)  # noqa: SLF001 - the library has no page numbers
        self._run(paragraph, " —", "宋体", _FOOT_POINTS)


def _alignment(name: str) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above

    return getattr(WD_ALIGN_PARAGRAPH, name)


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as above

    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001 - the library has no such marks of rows
