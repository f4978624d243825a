import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from applications import workbooks

NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "xl/workbook.xml": f'<workbook {NAMES} xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" '
    'Target="/xl/worksheets/sheet1.xml"/></Relationships>',
}


def a_book(**cells) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for address, value in cells.items():
            sheet.write(address, value)
    return file


def a_raw_book(rows: str, **parts) -> io.BytesIO:
    """Return a book as another program may write it."""
    file = io.BytesIO()
    sheet = f"<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>"
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        for path, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **parts}.items():
            book.writestr(path, text)
    return file


def test_texts_and_numbers_are_read_by_address():
    sheet = workbooks.read(a_book(A1="Заявка", B2=3, C3=2.5, D4="=1+1", E5="два\nряда"))[0]
    assert {address: cell.text for address, cell in sheet.items()} == {
        "A1": "Заявка",
        "B2": "3",
        "C3": "2.5",
        "D4": "=1+1",
        "E5": "два\nряда",
    }


def test_what_other_programs_write_is_read_as_well():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Сте</t></r><r><t>пь</t></r></is></c>'
        '<c r="B1" t="str"><f>1+2</f><v>3</v></c><c r="C1"><v>4.0</v></c>'
        '<c r="D1" t="e"><v>#REF!</v></c><c r="E1"/></row>'
    )
    sheet = workbooks.read(a_raw_book(rows))[0]
    assert sheet["A1"] == workbooks.Cell("Степь")
    assert sheet["B1"] == workbooks.Cell("3")
    assert sheet["C1"] == workbooks.Cell("4")
    assert sheet["D1"] == workbooks.Cell("#REF!", is_error=True)
    assert "E1" not in sheet


def refusal_of(file) -> str:
    with pytest.raises(workbooks.Unreadable) as refused:
        workbooks.read(file)
    return str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"a;b;c", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_refused(content):
    assert refusal_of(io.BytesIO(content)) == "broken"


def test_a_bomb_is_refused_before_it_is_unpacked():
    file = a_raw_book("", **{"xl/sharedStrings.xml": " " * (workbooks.MOST_UNPACKED + 1)})
    assert len(file.getvalue()) < 100_000
    assert refusal_of(file) == "large"


def test_entities_are_refused_and_never_expanded():
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst {NAMES}><si><t>&a;</t></si></sst>'
    assert refusal_of(a_raw_book("", **{"xl/sharedStrings.xml": bomb})) == "broken"


def test_a_file_of_too_many_bytes_cells_or_parts_is_refused(monkeypatch):
    assert refusal_of(io.BytesIO(b"P" * (workbooks.MOST_BYTES + 1))) == "large"
    many = {f"xl/media/{n}": "" for n in range(workbooks.MOST_PARTS)}
    assert refusal_of(a_raw_book("", **many)) == "large"
    monkeypatch.setattr(workbooks, "MOST_CELLS", 2)
    assert refusal_of(a_book(A1=1, A2=2, A3=3, A4=4)) == "large"


def test_a_cell_that_points_past_the_strings_is_refused():
    assert refusal_of(a_raw_book('<row><c r="A1" t="s"><v>7</v></c></row>')) == "broken"
