"""One form for text that people write in many: for search and for hints of duplicates."""

import unicodedata

# Letters that look alike in Latin and Cyrillic; folded to Cyrillic where a word mixes both.
LOOKALIKES = str.maketrans("abcehkmoptxyiё", "авсенкмортхуіе")


def fold(text: str) -> str:
    """Return `text` in NFKC and case-folded, with runs of white space made one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_lookalikes(text: str) -> str:
    """Return the folded text with Latin look-alikes of Cyrillic letters replaced.

    «Cтепь» typed with a Latin C and «Степь» fold to the same string. A purely Latin name
    changes too, always in the same way, so that equality still means equality.
    """
    return fold(text).translate(LOOKALIKES)
