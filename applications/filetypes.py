"""What a file is, judged by its content alone: PDF, DOCX, ODT, JPG or PNG.

Nothing is unpacked but a few hundred bytes, so an archive or a picture that would swell to
gigabytes costs nothing to refuse.
"""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

HEAD = 1024  # bytes within which a PDF has to say that it is one
MOST_PARTS = 5000  # of an archive
MOST_UNPACKED = 300 * 1024 * 1024  # bytes, as the archive itself declares
MOST_PIXELS = 150_000_000


@dataclass(frozen=True)
class FileType:
    name: str
    content_type: str


PDF = FileType("PDF", "application/pdf")
DOCX = FileType("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
ODT = FileType("ODT", "application/vnd.oasis.opendocument.text")
JPG = FileType("JPG", "image/jpeg")
PNG = FileType("PNG", "image/png")
TYPES = (PDF, DOCX, ODT, JPG, PNG)
NAMES = {one.content_type: one.name for one in TYPES}


def type_of(file: BinaryIO) -> FileType | None:
    """Return what `file` is, or None for anything else, damaged files among it."""
    file.seek(0)
    head = file.read(HEAD)
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return document_in(file)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return picture_in(file)
    return None


def document_in(file: BinaryIO) -> FileType | None:
    """Return DOCX or ODT for an archive that is built as one, and isn't a bomb."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                return None
            names = {part.filename for part in parts}
            if "mimetype" in names:
                with archive.open("mimetype") as told:
                    return ODT if told.read(100).strip() == ODT.content_type.encode() else None
            return DOCX if {"[Content_Types].xml", "word/document.xml"} <= names else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None


def picture_in(file: BinaryIO) -> FileType | None:
    """Return JPG or PNG for a whole picture of a size somebody could have taken."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=["JPEG", "PNG"]) as picture:
                width, height = picture.size
                kind = JPG if picture.format == "JPEG" else PNG
                if width * height > MOST_PIXELS:
                    return None
                picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return kind
