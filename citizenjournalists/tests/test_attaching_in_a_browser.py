"""An outlet attaches files, in a real Chromium: sent, refused, replaced, shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import expect

from applications import attaching
from applications.models.attachment import Scan
from citizenjournalists.tests.applicant import A_PDF, a_draft, open_application, section

pytestmark = [
    pytest.mark.browser,
    pytest.mark.either,
    pytest.mark.django_db(transaction=True),
]


def test_files_go_up_as_they_are_chosen_and_again_after_a_break(page):
    application = a_draft()
    open_application(page, application)
    page.goto(section(application, "files"))
    broken = {"on": True}

    def break_once(route):
        if broken["on"] and route.request.method == "POST":
            broken["on"] = False
            return route.abort()
        return route.continue_()

    page.route("**/files/", break_once)
    name = "Устав редакции «Степь» " + "ә" * 120 + ".pdf"
    page.locator("[name=cv]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": A_PDF * 1000}
    )
    page.locator(".failed button", has_text="Отправить ещё раз").click()
    page.locator(".files .st-done").wait_for()
    assert application.attachments.get().name == name
    page.locator("[name=samples]").set_input_files(
        {"name": "вирус.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
    )
    page.locator(".failed", has_text="вирус.pdf").wait_for()
    assert application.attachments.count() == 1
    # The same file would be refused again: another can be chosen, or the row put away.
    assert page.locator(".failed button").all_inner_texts() == ["Выбрать другой файл", "Убрать"]
    with page.expect_file_chooser() as chooser:
        page.locator(".failed [data-instead]").click()
    chooser.value.set_files({"name": "не то.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    page.locator(".failed", has_text="не то.pdf").wait_for()
    page.locator(".failed button", has_text="Убрать").click()
    assert page.locator(".failed").count() == 0
    with page.expect_download() as download:
        page.locator("a.name").click()
    assert download.value.suggested_filename.endswith(".pdf")
    page.locator("button[name=drop]").click()
    page.wait_for_load_state()
    assert application.attachments.present().count() == 0
    page.errors.clear()


def test_another_file_takes_the_place_of_one_with_a_virus(page):
    application = a_draft()
    upload = SimpleUploadedFile("письмо.pdf", A_PDF)
    bad = attaching.attach(application, upload, kind="sample", name="письмо.pdf", at=timezone.now())
    type(bad).objects.filter(pk=bad.pk).update(scan=Scan.INFECTED)
    open_application(page, application)
    page.goto(f"/ru/application/{application.number}/status/")
    page.locator(".alert .btn").click()
    page.wait_for_url("**/files/")  # and for its script
    for name, content, left in (("MZ.pdf", b"MZ", 2), ("другое.pdf", A_PDF + b" ", 0)):
        with page.expect_file_chooser() as chooser:
            page.locator("a[data-instead]").click()
        chooser.value.set_files({"name": name, "mimeType": "application/pdf", "buffer": content})
        page.locator(".files li", has_text=name).locator(
            ".st-done, .actions :visible"
        ).first.wait_for()
        expect(page.locator("[data-kind]", has_text=name).locator(".failed")).to_have_count(left)
        page.locator(".failed button:not([name])", has_text="Убрать").click() if left else None
    assert [one.name for one in application.attachments.all()] == ["другое.pdf"]
    page.errors.clear()


def test_files_of_one_answer_stand_apart_further_than_lines_of_one_name(new_page):
    application = a_draft(complete=True)
    for n in (1, 2):
        upload = SimpleUploadedFile("x.pdf", A_PDF)
        name = f"Рекомендательное письмо от редакции районной газеты {n}.pdf"
        attaching.attach(application, upload, kind="sample", name=name, at=timezone.now())
    page = new_page(viewport={"width": 360, "height": 700})
    open_application(page, application)
    page.goto(f"/ru/application/{application.number}/check/")
    first, second = [one.bounding_box() for one in page.locator(".names li").all()[-2:]]
    assert second["y"] - first["y"] - first["height"] >= 8
