"""Private links: opened by a press, lost and found, replaced, shared and taken back."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from applications import access, linking, reminding
from applications.models import Application, Message, MessageKind, MessageStatus, PrivateLink
from applications.tests.builders import IN_TIME, a_complete_draft, a_draft, an_application
from applications.tests.visiting import at, holder, opened, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_days_before_the_deadline(arrive):
    arrive(IN_TIME)


TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def own(application):
    return application.links.valid().get(is_owner=True)


def test_opening_a_link_changes_nothing_until_the_button_is_pressed():
    application = a_draft()
    client = Client()
    address = f"/z/{access.token_of(own(application))}"
    page = client.get(address)
    assert page.status_code == 200
    assert access.COOKIE not in client.cookies
    assert client.get(at(application)).status_code == 404
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert client.post(address).url.endswith(f"/application/{application.number}/")
    assert client.get(at(application)).status_code == 200


def test_a_link_opens_in_the_language_of_its_letters_until_the_reader_chooses_another():
    application = a_draft(language="kk")
    address = f"/z/{access.token_of(own(application))}"
    assert '<html lang="kk">' in Client().get(address).content.decode()
    client = Client()
    client.cookies["django_language"] = "en"
    assert '<html lang="en">' in client.get(address).content.decode()


@pytest.mark.parametrize("token", ["x", "7Q4M-XK2P-9RTD", "%00", "ы" * 300, "7" * 24])
def test_a_wrong_link_says_so_plainly(token):
    response = Client().get(f"/z/{token}")
    assert response.status_code == 404
    assert "my" in response.content.decode() or "status" in response.content.decode()


def test_anothers_application_is_as_if_it_did_not_exist():
    mine, theirs = a_draft(), an_application()
    client = holder(mine)
    for page in ("", "outlet/", "files/", "check/", "received/", "status/", "versions/1/"):
        real = client.get(f"/en/application/{theirs.number}/{page}")
        none = client.get(f"/en/application/100-000/{page}")
        assert (real.status_code, none.status_code) == (404, 404)
        assert real.content.replace(theirs.number.encode(), b"100-000") == none.content


def test_a_lost_link_is_mailed_with_the_same_answer_for_known_and_unknown_addresses():
    application = a_draft(email="Known@outlet.example")
    told = {}
    for email in ("known@outlet.example", "unknown@outlet.example"):
        client = Client()
        response = client.post("/en/status/", {"email": email}, follow=True)
        told[email] = TOKEN.sub(b"", response.content)
        assert response.redirect_chain == [("/en/status/?sent", 302)]
    assert len(set(told.values())) == 1
    letter = Message.objects.get(kind=MessageKind.LINK)
    assert letter.recipient == "Known@outlet.example"
    assert access.url_of(own(application)) in letter.text


def test_links_are_asked_for_only_so_often_per_address(arrive):
    a_draft(email="a@outlet.example")
    answers = []
    for n in range(5):
        arrive(IN_TIME + timedelta(seconds=n))
        answers.append(Client().post("/en/status/", {"email": "A@outlet.example"}).status_code)
    assert answers == [302, 302, 302, 429, 429]
    assert Message.objects.filter(kind=MessageKind.LINK).count() == 3
    assert Client().post("/en/status/", {"email": "b@outlet.example"}).status_code == 302
    arrive(IN_TIME + timedelta(hours=2))
    assert Client().post("/en/status/", {"email": "a@outlet.example"}).status_code == 302


def test_links_are_asked_for_only_so_often_per_network_behind_our_own_proxy(settings):
    settings.TRUSTED_PROXY_HOPS = 1

    def ask(n, chain):
        headers = {"x-forwarded-for": chain}
        return Client().post("/en/status/", {"email": f"a{n}@b.example"}, headers=headers)

    for n in range(40):
        assert ask(n, f"10.0.0.{n}, 203.0.113.9").status_code == 302
    assert ask(40, "10.9.9.9, 203.0.113.9").status_code == 429
    assert ask(41, "203.0.113.9, 198.51.100.7").status_code == 302


def test_a_client_behind_no_proxy_cannot_name_its_own_address(settings):
    settings.TRUSTED_PROXY_HOPS = 0
    for n in range(41):
        response = Client().post(
            "/en/status/",
            {"email": f"a{n}@b.example"},
            headers={"x-forwarded-for": f"10.0.0.{n}"},
        )
    assert response.status_code == 429


def test_replacing_the_link_shuts_the_browsers_it_opened_but_not_this_one():
    application = a_draft()
    old = own(application)
    here, elsewhere = holder(application), holder(application)
    response = here.post(at(application, "new-link"))
    assert response.status_code == 302
    assert here.get(at(application)).status_code == 200
    assert elsewhere.get(at(application)).status_code == 404
    assert Client().get(f"/z/{access.token_of(old)}").status_code == 404
    assert access.url_of(own(application)) in Message.objects.get(kind=MessageKind.LINK).text


def test_a_colleague_gets_a_link_by_mail_reads_and_changes_and_is_shut_out():
    application = a_complete_draft()
    client = holder(application)
    form = {"email": "b@outlet.example", "right": "edit"}
    for _press in range(2):
        assert client.post(at(application, "colleagues"), form).status_code == 302
    link = application.links.get(is_owner=False)
    letter = Message.objects.get(kind=MessageKind.COLLEAGUE)
    assert letter.recipient == "b@outlet.example"
    assert access.url_of(link) in letter.text
    colleague = opened(link)
    assert save(colleague, application, "letter", {"letter": "Правлю"}).status_code == 302
    assert colleague.get(at(application, "colleagues")).status_code == 403
    assert colleague.post(at(application, "new-link")).status_code == 403
    assert access.token_of(own(application)) not in colleague.get(at(application)).content.decode()
    client.post(at(application, "colleagues"), {"back": link.nonce})
    assert colleague.get(at(application)).status_code == 404


def test_who_only_reads_changes_nothing():
    application = a_complete_draft()
    link = linking.invite(
        application, email="b@outlet.example", right=PrivateLink.Right.VIEW, at=IN_TIME
    )
    reader = opened(link)
    for page in ("", "outlet/", "files/", "check/", "status/"):
        response = reader.get(f"/en/application/{application.number}/{page}")
        assert response.status_code == 200
        assert "Submit the application" not in response.content.decode()
    before = application.sections.get(section="letter").answers
    assert save(reader, application, "letter", {"letter": "Чужое"}).status_code == 403
    for page in ("files", "submit", "withdraw", "answer"):
        assert reader.post(at(application, page)).status_code == 403
    assert application.sections.get(section="letter").answers == before
    application.refresh_from_db()
    assert application.submitted_at is None


@pytest.mark.parametrize("confirmed_from", ["old@outlet.example", "new@outlet.example"])
def test_a_new_address_counts_once_the_old_or_the_new_one_confirms_it(confirmed_from):
    application = a_draft(email="old@outlet.example")
    client = holder(application)
    client.post(at(application, "address"), {"email": "new@outlet.example"})
    letters = {m.recipient: m for m in Message.objects.filter(kind=MessageKind.ADDRESS)}
    assert set(letters) == {"old@outlet.example", "new@outlet.example"}
    text = letters[confirmed_from].text
    address = next(line for line in text.splitlines() if "/new-address/" in line)
    path = address[address.index("/ru/") :]
    assert Client().get(path).status_code == 200
    application.refresh_from_db()
    assert application.contact_email == "old@outlet.example"
    for _pressed_in_either_letter in range(2):
        assert Client().post(path).url == path
        assert "new@outlet.example" in Client().get(path).content.decode()
    application.refresh_from_db()
    assert application.contact_email == "new@outlet.example"
    assert application.trail.filter(event="contact.changed").count() == 1
    Application.objects.update(contact_email="third@outlet.example")
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 404]
    link = Message.objects.get(kind=MessageKind.LINK)
    assert link.recipient == "new@outlet.example"


def test_the_page_says_itself_that_letters_do_not_arrive():
    application = an_application()
    client = holder(application)
    assert (
        "Our letters don’t reach you" not in client.get(at(application, "status")).content.decode()
    )
    last = Message.objects.filter(application=application).latest("pk")
    Message.objects.filter(pk=last.pk).update(status=MessageStatus.FAILED)
    page = client.get(at(application, "status")).content.decode()
    assert "Our letters don’t reach you" in page
    assert application.contact_email not in page


def test_a_page_prints_the_number_of_an_application_on_one_line():
    application, draft = an_application(), a_draft(email="b@outlet.example")
    started = f"/en/apply/{draft.call.slug}/"
    pages = [(draft, at(draft)), (draft, at(draft, "status")), (draft, "/en/status/")]
    pages += [(draft, started), (draft, f"/z/{access.token_of(draft.links.get())}")]
    pages += [(application, at(application, one)) for one in ("received", "status", "versions/1")]
    pages += [(draft, reminding.stop_link(draft).removeprefix(settings.SITE_URL))]
    for whose, page in pages:
        shown = holder(whose).get(page).content.decode().partition("</head>")[2]
        words = re.sub(r'<(span|p) class="(whole|number)">[\d-]+</', "WHOLE</", shown)
        assert "WHOLE" in words, page
        assert whose.number not in re.sub(r"<[^>]*>", "", words), page
