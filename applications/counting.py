"""Clean what a person typed, and count the signs the reader sees. static/draft.js does the same.

A sign is what takes a place on the page: a letter with its accents, a space, a line break, an
emoji with all it is joined from. Both sides work from the ranges written out here rather than
from a Unicode table, whose age differs from one browser and one Python to the next.
"""

import re
import unicodedata

# Never kept: NUL and other controls (a database can't hold or a reader see them), halves of pairs.
UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Adds to the sign before it (accents, variation selectors, skin tones, tags) or is not seen.
UNSEEN = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
    "\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
JOINED = re.compile("\u200d[\u2190-\u2bff\U00010000-\U0010ffff]|\u200d")
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
AROUND = " \t\n\u00a0\u2028\u2029\u202f\u3000"


def as_typed(text: str) -> str:
    """Return `text` as it is kept: composed (NFC), with plain line breaks, nothing unkeepable."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", UNKEEPABLE.sub("", plain))


def signs(text: str) -> int:
    """Return how many signs the reader sees, spaces and line breaks between words included."""
    seen = UNSEEN.sub("", as_typed(text)).strip(AROUND)
    return len(FLAG.sub("F", JOINED.sub("", seen)))
