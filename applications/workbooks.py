"""Read an XLSX that a person filled in: its cells as text, within strict bounds, nothing run.

    for sheet in workbooks.read(upload):
        sheet["C7"].text

Formulas give the value that was last shown. Entities and document types are refused, and so is
a file that unpacks to more than a person can have typed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

MOST_BYTES = 5 * 1024 * 1024  # as uploaded
MOST_UNPACKED = 20 * 1024 * 1024  # of one part
MOST_PARTS = 200
MOST_SHEETS = 5
MOST_CELLS = 60_000
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
BROKEN = (BadZipFile, KeyError, ValueError, IndexError, EOFError, RuntimeError, ParseError)
BROKEN += (NotImplementedError, DefusedXmlException, zlib.error)


class Unreadable(Exception):
    """The file can't be read: "large" beyond the bounds, "broken" anything else."""


class Cell(NamedTuple):
    """`is_error` where a formula came to nothing, such as #REF!."""

    text: str
    is_error: bool = False


NOTHING = Cell("")
Sheet = dict[str, Cell]


def read(file: BinaryIO) -> list[Sheet]:
    """Return the cells of the first sheets by address, empty ones left out. Raises Unreadable."""
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Unreadable("large")
    file.seek(0)
    try:
        with ZipFile(file) as book:
            require_modest(book)
            strings = shared_strings(book)
            return [cells_of(book, path, strings) for path in sheets_in(book)]
    except BROKEN as error:
        raise Unreadable("broken") from error


def require_modest(book: ZipFile) -> None:
    """Raise Unreadable for a bomb: what a part states is the most that is ever unpacked of it."""
    parts = book.infolist()
    if len(parts) > MOST_PARTS or any(part.file_size > MOST_UNPACKED for part in parts):
        raise Unreadable("large")


def sheets_in(book: ZipFile) -> list[str]:
    """Return the paths of the sheets, in the order of their tabs."""
    relations = fromstring(book.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    listed = fromstring(book.read("xl/workbook.xml"), forbid_dtd=True).iter(f"{MAIN}sheet")
    found = [targets[sheet.get(RELATION)] for sheet in listed][:MOST_SHEETS]
    return [path[1:] if path.startswith("/") else f"xl/{path}" for path in found]


def shared_strings(book: ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    found = []
    for item in elements(book, "xl/sharedStrings.xml", f"{MAIN}si"):
        found.append(words_in(item))
        if len(found) > MOST_CELLS:
            raise Unreadable("large")
    return found


def elements(book: ZipFile, path: str, tag: str) -> Iterator[Element]:
    """Yield the elements of one kind as they are read, each let go afterwards."""
    with book.open(path) as part:
        for _event, element in iterparse(part, forbid_dtd=True):
            if element.tag == tag:
                yield element
                element.clear()


def words_in(item: Element) -> str:
    """Return the text of a string, its pieces of different looks joined."""
    pieces = [
        *(item.findtext(f"{MAIN}t") or "",),
        *(piece.findtext(f"{MAIN}t") or "" for piece in item.findall(f"{MAIN}r")),
    ]
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(pieces))


def cells_of(book: ZipFile, path: str, strings: list[str]) -> Sheet:
    found: Sheet = {}
    for count, cell in enumerate(elements(book, path, f"{MAIN}c")):
        if count > MOST_CELLS:
            raise Unreadable("large")
        address = cell.get("r", "")
        if not ADDRESS.fullmatch(address):
            raise Unreadable("broken")
        read_cell = Cell(text_of(cell, strings), cell.get("t") == "e")
        if read_cell.text.strip():
            found[address] = read_cell
    return found


def text_of(cell: Element, strings: list[str]) -> str:
    """Return what the cell shows: 3 for a number typed as 3 or 3.0."""
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v") or ""
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return "" if inline is None else words_in(inline)
    if kind == "s":
        return strings[int(value)] if value else ""
    if kind == "n" and value:
        number = float(value)
        return str(int(number)) if number.is_integer() else str(number)
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
