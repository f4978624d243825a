"""Papers: every letter of four languages, anything a person may type, the same bytes again."""

import logging
from datetime import UTC, datetime

import pytest

from applications.papers import Paper, drawable

AT = datetime(2026, 12, 14, 18, 59, 59, tzinfo=UTC)
LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІі ӢӣӮӯҲҳҶҷ Ёё «кавычки» “quotes” №₸€$ – — ‑ …"


@pytest.fixture(scope="module")
def letters() -> set[int]:
    paper = a_paper()
    paper.as_bytes()
    return paper.sheet.letters


def a_paper(*answers: str) -> Paper:
    paper = Paper("Анкета", language="ru", at=AT, footer="Гражданские журналисты")
    paper.heading("Редакция")
    for answer in answers:
        paper.pair("Название", answer)
    return paper


def test_every_letter_of_the_four_languages_can_be_drawn_in_both_weights(caplog):
    paper = Paper(LETTERS, language="kk", at=AT)
    paper.pair(LETTERS, LETTERS)
    assert drawable(LETTERS, paper.sheet.letters) == LETTERS
    with caplog.at_level(logging.WARNING):
        assert paper.as_bytes().startswith(b"%PDF")
    assert caplog.messages == []


def test_a_decomposed_letter_is_drawn_as_the_composed_one(letters):
    assert drawable("и\u0306 и\u0304 у\u0304", letters) == "й ӣ ӯ"


def test_what_the_font_lacks_is_shown_as_lacking_and_control_characters_go(caplog, letters):
    hostile = "a\x00b\u202e c🙂d\ud800 中\r\ne\u0489"
    assert drawable(hostile, letters) == "ab c�d �\ne"
    with caplog.at_level(logging.WARNING):
        a_paper(hostile, "x" * 5000, "", "слово " * 3000).as_bytes()
    assert caplog.messages == []


def test_the_same_words_at_the_same_instant_give_the_same_bytes():
    assert a_paper("Степь").as_bytes() == a_paper("Степь").as_bytes()


def test_a_long_answer_runs_over_pages_and_each_page_is_numbered():
    paper = a_paper("слово " * 3000)
    paper.as_bytes()
    assert paper.sheet.pages_count > 3


def test_a_blank_form_has_boxes_circles_and_lines():
    paper = a_paper()
    paper.question("Где вы выходите?", note="(необязательно)", help="Отметьте всё.")
    paper.choices(["Сайт", "Радио"], several=True)
    paper.choices(["Да", "Нет"])
    paper.lines(3)
    paper.number("417-208")
    paper.paragraph("Мелко", small=True)
    assert len(paper.as_bytes()) < 60_000
