"""What staff may put into a letter, and what is refused when they save it."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from applications import letters, outbox, wording
from applications.models import LetterTemplate, MessageKind
from applications.tests.builders import IN_TIME, a_call, a_draft, a_person

pytestmark = pytest.mark.django_db
SELECTED = MessageKind.SELECTED


@pytest.mark.parametrize(
    "text",
    [
        "Просто слова.",
        "Заявка {{ number }}, ответьте {{ confirm_by }}.",
        "{% if programme %}В рамках {{ programme }}.{% endif %}",
        "{% if programme and donor %}а{% elif not donor %}б{% else %}в{% endif %}",
        "Цена 100 % и скобка }.",
    ],
)
def test_words_known_placeholders_and_if_are_fine(text):
    wording.check(text, SELECTED)


@pytest.mark.parametrize(
    "text",
    [
        "{{ application.contact_email }}",
        "{{ number|safe }}",
        "{{ number.numerator }}",
        "{{ strength }}",  # of another letter
        "{{ settings }}",
        "{% load instants %}",
        '{% include "admin/base.html" %}',
        "{% for x in link %}{{ x }}{% endfor %}",
        "{% debug %}",
        "{% if application.pk %}а{% endif %}",
        "{% if number == 1 %}а{% endif %}",
        "{% if programme %}не закрыто",
        "{% endif %}",
        "{% else %}",
        "{# тайна #}",
        "{{ number",
        "number }}",
        "{{}}",
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(ValidationError):
        wording.check(text, SELECTED)


@pytest.mark.parametrize("kind", wording.EDITABLE)
@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
def test_every_placeholder_of_every_letter_has_a_value_or_is_empty(kind, language):
    application = a_draft(language=language)
    names = wording.placeholders(kind)
    source = "\n\n".join(f"{name}: {{{{ {name} }}}}" for name in names)
    wording.check(source, kind)
    facts = {"application": application, "call": application.call, "link": "https://x.example/z/1"}
    told = wording.render(source, kind, language, facts)
    assert application.number in told
    assert "{" not in told


def own_words(**changes) -> LetterTemplate:
    return LetterTemplate.objects.create(
        **{
            "kind": MessageKind.WITHDRAWN,
            "language": "ru",
            "subject": "Заявка {{ number }} отозвана",
            "body": "Здравствуйте, {{ outlet }}!",
            "edited_at": IN_TIME,
            "edited_by": a_person(),
            **changes,
        }
    )


def written(application):
    return outbox.prepare(MessageKind.WITHDRAWN, application, key="x").letter


def test_staffs_words_stand_in_place_of_the_file_and_a_calls_own_go_first():
    application = a_draft(name="Степь & <b>Ко</b>")
    own_words()
    assert written(application).subject == f"Заявка {application.number} отозвана"
    assert written(application).text == "Здравствуйте, Степь & <b>Ко</b>!\n"
    assert "Степь &amp; &lt;b&gt;Ко&lt;/b&gt;" in written(application).html
    own_words(call=application.call, body="Только этого конкурса.")
    own_words(call=a_call(), body="Другого конкурса.")
    assert written(application).text == "Только этого конкурса.\n"


def test_other_languages_keep_their_file():
    own_words()
    assert "{{" not in written(a_draft(language="kk")).text
    assert "отозвана" not in written(a_draft(language="kk")).subject


def test_what_an_outlet_called_itself_is_never_read_as_a_placeholder():
    application = a_draft(name="{{ link }} {% if x %}")
    own_words()
    assert written(application).text == "Здравствуйте, {{ link }} {% if x %}!\n"


def test_a_line_break_in_a_name_never_reaches_the_subject():
    application = a_draft(name="Степь\nBcc: x@x.example")
    own_words(subject="{{ outlet }}")
    assert "\n" not in written(application).subject


def test_complaints_are_in_the_staffs_language():
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        wording.check("{{ nothing }}", SELECTED)
    assert "There is no placeholder {{ nothing }}" in refused.value.messages[0]


def test_a_shelf_reads_all_texts_once(django_assert_num_queries):
    own_words()
    with django_assert_num_queries(1):
        shelf = letters.Shelf()
        for _ in range(5):
            shelf.text_for("withdrawn", "ru", None)
