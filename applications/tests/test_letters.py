"""Every letter, in every language its recipient may read, with the facts its callers give."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from applications import letters
from applications.models import Application, Language, MessageKind
from applications.tests.builders import CLOSES, IN_TIME, a_call, an_application

pytestmark = [pytest.mark.django_db, pytest.mark.either]

TO_STAFF = {
    MessageKind.ASSIGNED,
    MessageKind.REVIEW_REMINDER,
    MessageKind.INVITED,
    MessageKind.CALL_CLOSED,
    MessageKind.FILE_REFUSED,
    MessageKind.PLACE_FREED,
    MessageKind.TRIAL,
    MessageKind.LIST_VOIDED,
    MessageKind.DATE_NEAR,
    MessageKind.DATE_MISSED,
    MessageKind.PASSWORD_RESET,
    MessageKind.NEW_DEVICE,
    MessageKind.ACCOUNT_CHANGED,
}
RESULTS = (MessageKind.SELECTED, MessageKind.RESERVE, MessageKind.NOT_SELECTED)
STAFF_LANGUAGES = (Language.RU, Language.EN)
EVERY_LETTER = [
    (kind, language)
    for kind in MessageKind
    if kind != MessageKind.TRIAL  # its words are another letter's
    for language in (STAFF_LANGUAGES if kind in TO_STAFF else Language)
]
TO_APPLICANTS = [pair for pair in EVERY_LETTER if pair[0] not in TO_STAFF]
LINK = "https://portal.example/z/7Q4M-XK2P"
GIVEAWAYS = {
    "ru": ("отобран", "резерв", "поздрав", "отказ", "к сожалению"),
    "kk": ("таңдал", "резерв", "құттық", "өтпеді", "өкінішке"),
    "tg": ("интихоб", "захира", "табрик", "нашуд", "мутаассиф"),
    "en": ("selected", "reserve", "congrat", "reject", "unfortunately", "sorry"),
}
MIXED_SCRIPTS = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")


def facts(language: str) -> dict:
    """Return what the callers give to letters, all of it."""
    call = a_call()
    if language != "ru":
        call.texts.update(zone_label="UTC+5")
    application = an_application(call, name="«Дала» үні", language=language)
    application.confirm_by = datetime(2026, 12, 30, 19, 0, tzinfo=UTC)
    return {
        "application": application,
        "call": call,
        "link": LINK,
        "number": application.number,
        "taken_in": True,
        "file": "CV.pdf" if language == "en" else "×.pdf",
        "is_open": True,
        "signature": "Eicar-Test-Signature",
        "contact": "kz@portal.example",
        "new_address": "new@outlet.example",
        "may_edit": True,
        "version": application.versions.get(),
        "answers": [],
        "site_url": "https://portal.example",
        "confirm_by": application.confirm_by,
        "left": "3 ×",
        "missing": ["× 1", "× 2"],
        "kept_days": 90,
        "holds_until": CLOSES + timedelta(days=60),
        "applications_in_country": 22,
        "strength": "+ + +",
        "improvement": "- - -",
        "review_until": CLOSES + timedelta(days=20),
        "name": "",
        "applications": [SimpleNamespace(number="417-208")],
        "count": 1,
        "due_at": IN_TIME,
        "what": "decision",
        "due": call.decision_date,
        "unfinished": ["× 1"],
        "stop_link": "https://portal.example/ru/reminders/",
        "username": "person",
        "account_link": "https://portal.example/admin/account/factor/",
        "at": IN_TIME,
        "device": "Firefox, Linux",
        "counts": [{"country": "×", "submitted": 22, "drafts": 8}],
    }


def letters_in(language: str, among: list[tuple]) -> dict:
    """Return each letter of `among` in the language, about one application."""
    told = facts(language)
    return {kind: letters.write(kind, its, **told) for kind, its in among if its == language}


@pytest.mark.parametrize("language", Language)
def test_every_letter_has_its_words_in_every_language_of_its_recipients(language):
    written = letters_in(language, EVERY_LETTER)

    assert len(written) == sum(its == language for _kind, its in EVERY_LETTER)
    for kind, letter in written.items():
        assert letter.subject, kind
        assert len(letter.text) > 200, kind
        assert "{" not in letter.text, kind
        assert "\n\n\n" not in letter.text, kind
        assert not MIXED_SCRIPTS.search(letter.subject + letter.text), kind
        assert f'<html lang="{language}">' in letter.html, kind


@pytest.mark.parametrize("language", Language)
def test_a_letter_to_an_applicant_names_the_application_the_outlet_and_the_contact(language):
    written = letters_in(language, TO_APPLICANTS)
    number = Application.objects.get().number

    for kind, letter in written.items():
        assert number in letter.subject, kind
        assert f"{number} · «Дала» үні" in letter.text, kind
        assert "kz@portal.example" in letter.text, kind


@pytest.mark.parametrize("language", Language)
def test_the_three_results_have_one_subject_and_it_gives_nothing_away(language):
    told = facts(language)
    subjects = {letters.write(kind, language, **told).subject for kind in RESULTS}

    assert len(subjects) == 1
    for kind in RESULTS:
        subject = letters.write(kind, language, **told).subject.casefold()
        assert not [word for word in GIVEAWAYS[language] if word in subject]


@pytest.mark.parametrize("language", Language)
def test_no_subject_gives_a_result_away(language):
    for kind, letter in letters_in(language, TO_APPLICANTS).items():
        subject = letter.subject.casefold()
        assert not [word for word in GIVEAWAYS[language] if word in subject], kind


@pytest.mark.parametrize("language", Language)
def test_only_the_letter_of_the_selected_says_so(language):
    told = facts(language)
    words = {kind: letters.write(kind, language, **told).text for kind in RESULTS}
    word = {"ru": "Поздравляем", "kk": "Құттықтаймыз", "tg": "Табрик", "en": "Congratulations"}

    assert [kind for kind in RESULTS if word[language] in words[kind]] == [MessageKind.SELECTED]


@pytest.mark.parametrize("language", ["ru", "kk", "tg"])
def test_no_letter_falls_into_another_language(language):
    """A letter holds letters of its own alphabet only; kk and tg ones hold some of their own."""
    foreign = {"ru": "әғқңөұүһіӣӯҳҷ", "kk": "ӣӯҳҷ", "tg": "әңөұүһіщыц"}
    own = {"ru": "ыщ", "kk": "әғқңөұүі", "tg": "ӣӯқҳҷғ"}

    for kind, letter in letters_in(language, TO_APPLICANTS).items():
        signs = set(letter.text.replace("«Дала» үні", "").casefold())
        assert not signs & set(foreign[language]), kind
        assert signs & set(own[language]), kind


def test_what_a_person_typed_never_becomes_markup():
    told = facts("ru")
    told["application"].outlet.known_as = "<b>Степь</b> & Ко"
    letter = letters.write(MessageKind.STARTED, "ru", **told)

    assert "· <b>Степь</b> & Ко\n" in letter.text
    assert "&lt;b&gt;Степь&lt;/b&gt; &amp; Ко" in letter.html


def test_an_address_on_its_own_becomes_a_button_with_the_line_before_it_as_its_words():
    letter = letters.write(MessageKind.STARTED, "ru", **facts("ru"))

    assert f"Открыть заявку:\n{LINK}\n" in letter.text
    assert re.search(rf'<a href="{LINK}"[^>]*>Открыть заявку[^<]*</a>', letter.html)


def test_a_deadline_in_a_letter_is_told_by_both_capitals():
    text = letters.write(MessageKind.STARTED, "ru", **facts("ru")).text.replace("\xa0", " ")

    assert "до 24:00 14 декабря 2026 г. по времени Астаны, в Душанбе" in text


def test_a_receipt_is_in_the_applicants_language_whichever_page_was_open():
    with translation.override("ru"):
        application = an_application(language="en")
    receipt = application.messages.get(kind=MessageKind.SUBMITTED).text

    assert "Name in the documents: " in receipt
    assert "Legal form: Company (LLP, LLC)" in receipt
    assert "No answer" not in receipt
