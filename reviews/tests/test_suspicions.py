import pytest

from applications import drafting
from applications.tests.builders import IN_TIME, an_application
from reviews.suspicions import Kind, domain_of, suspect
from reviews.tests.builders import a_juror

pytestmark = pytest.mark.django_db


def kinds(application, juror):
    return [one.kind for one in suspect([application], [juror])]


def test_a_jurors_address_at_the_outlets_own_domain_is_suspected():
    juror = a_juror()
    juror.email = "elena@steppe.example"
    assert kinds(an_application(email="editor@Steppe.example"), juror) == [Kind.SAME_DOMAIN]


def test_a_public_mail_domain_ties_nobody():
    juror = a_juror()
    juror.email = "elena@mail.ru"
    assert kinds(an_application(email="editor@mail.ru"), juror) == []


def test_a_jurors_address_at_the_outlets_site_is_suspected():
    juror, application = a_juror(), an_application()
    juror.email = "elena@caspian.example"
    application.outlet.site = "https://www.caspian.example/news"
    assert kinds(application, juror) == [Kind.SITE_DOMAIN]


@pytest.mark.parametrize(
    "text", ["редактор Елена Ким и другие", "КИМ Елена", "работала с Еленой Ким"]
)
def test_a_juror_named_in_the_text_is_suspected(text):
    juror, application = a_juror(first_name="Елена", last_name="Ким"), an_application()
    version = application.versions.get()
    version.answers = {"letter": {"why": text, "people": [{"who": "Аскар"}]}}
    version.save()
    expected = [] if "Еленой" in text else [Kind.NAMED]
    assert kinds(application, juror) == expected


def test_a_surname_alone_or_a_namesake_is_not_suspected():
    juror, application = a_juror(first_name="Елена", last_name="Ким"), an_application()
    version = application.versions.get()
    version.answers = {"letter": {"why": "Сергей Ким, Елена Петрова, Кимберли"}}
    version.save()
    assert kinds(application, juror) == []


def test_what_was_written_after_handing_in_is_not_read():
    juror = a_juror(first_name="Елена", last_name="Ким")
    application = an_application()
    drafting.save_section(application, "outlet", {"name": "Елена Ким"}, revision=None, at=IN_TIME)
    assert kinds(application, juror) == []


@pytest.mark.parametrize(
    ("typed", "host"),
    [("steppe.example", "steppe.example"), ("http://WWW.a.example/x", "a.example"), ("", "")],
)
def test_the_domain_of_a_site_is_found_however_it_was_typed(typed, host):
    assert domain_of(typed) == host
