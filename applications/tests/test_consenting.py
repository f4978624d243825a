"""Which text was agreed to is kept, word by word; a changed text is asked anew."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications import drafting, roles, submitting
from applications.models import ConsentText
from applications.questions import consenting
from applications.tests.builders import (
    IN_TIME,
    a_complete_draft,
    a_draft,
    a_person,
    an_application,
    good_answers,
)
from applications.tests.visiting import at, holder, save

pytestmark = pytest.mark.django_db
TICKED = {"data": "yes", "transfer": "yes", "truth": "yes"}


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


@pytest.fixture
def reword(monkeypatch):
    """Return a function that changes the text of consent in every language."""
    before = consenting.words

    def change():
        monkeypatch.setattr(consenting, "words", lambda language: before(language) + " (2)")

    return change


def agreed(application):
    return application.sections.get(section="consents").answers.get("agreed")


def test_the_text_holds_the_consents_and_the_notice_in_four_languages():
    texts = [consenting.words(language) for language in ("ru", "kk", "tg", "en")]
    assert "I confirm that the answers are true" in texts[3]
    assert "The list of applicants is never published" in texts[3]
    assert len(set(texts)) == 4
    assert not [text for text in texts if "<" in text or "{" in text]


def test_a_version_keeps_which_text_in_which_language_was_agreed_to_and_when():
    application = a_draft()
    save(holder(application), application, "consents", TICKED)
    assert agreed(application) == {
        "language": "en",
        "digest": consenting.digest("en"),
        "at": IN_TIME.isoformat(),
    }
    text = ConsentText.objects.get(language="en")
    assert (text.number, text.text) == (1, consenting.words("en"))
    with translation.override("ru"):
        handed_in = an_application()
    kept = handed_in.versions.get().answers
    assert consenting.text_of(kept).language == "ru"
    assert consenting.agreed_at(kept) == IN_TIME


def test_nothing_is_agreed_to_without_a_tick_and_a_second_save_agrees_to_nothing_new():
    application = a_draft()
    drafting.save_section(application, "consents", {"data": ""}, revision=None, at=IN_TIME)
    assert agreed(application) is None
    for n in range(2):
        later = IN_TIME.replace(minute=n)
        drafting.save_section(application, "consents", TICKED, revision=None, at=later)
    assert agreed(application)["at"] == IN_TIME.isoformat()
    assert ConsentText.objects.count() == 1


def test_a_draft_is_asked_anew_when_the_words_have_changed(reword):
    application = a_complete_draft()
    client = holder(application)
    assert (
        "have changed since you agreed"
        not in client.get(at(application, "consents")).content.decode()
    )
    reword()
    with pytest.raises(submitting.Incomplete) as refused:
        submitting.submit(application, at=IN_TIME)
    assert [one.key for one in refused.value.problems] == ["data", "transfer", "truth"]
    page = client.get(at(application, "consents")).content.decode()
    assert "have changed since you agreed" in page
    assert " checked" not in page.split("heard")[0]
    save(client, application, "consents", TICKED)
    submitting.submit(application, at=IN_TIME)
    kept = consenting.text_of(application.versions.get().answers)
    assert (kept.language, kept.text.endswith("(2)")) == ("en", True)
    assert ConsentText.objects.count() == 2


def test_what_was_handed_in_under_an_earlier_text_stays_handed_in(reword):
    application = an_application()
    reword()
    assert submitting.submit(application, at=IN_TIME).version == 1
    first = consenting.text_of(application.versions.get().answers)
    assert not first.text.endswith("(2)")


def test_two_texts_of_a_language_are_numbered(reword):
    consenting.kept("kk", at=IN_TIME)
    reword()
    assert consenting.kept("kk", at=IN_TIME).number == 2
    assert consenting.kept("kk", at=IN_TIME).number == 2


def test_an_officer_reads_the_text_that_was_agreed_to(client):
    with translation.override("ru"):
        application = an_application()
    client.force_login(a_person(roles.OFFICER))
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert consenting.digest("ru") in page.content.decode()


def test_a_draft_from_before_texts_were_kept_is_asked_too():
    application = a_complete_draft()
    section = application.sections.get(section="consents")
    section.answers = good_answers(application)["consents"]
    section.save()
    with pytest.raises(submitting.Incomplete):
        submitting.submit(application, at=IN_TIME)
