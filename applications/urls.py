"""What a person can open under a language: /ru/…, /kk/…, /tg/…, /en/…"""

from django.urls import path, register_converter

from applications.addresses import NumberConverter, SectionConverter
from applications.views import (
    answer,
    deadlines,
    files,
    handing_in,
    public,
    starting,
    status,
    writing,
)
from applications.views import help as help_pages

app_name = "applications"
register_converter(NumberConverter, "number")
register_converter(SectionConverter, "section")
one = "application/<number:number>"

urlpatterns = [
    path("", public.home, name="home"),
    path("calls/", public.calls, name="calls"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/eligibility/", public.eligibility, name="eligibility"),
    path("calls/<slug:slug>/questions/", public.questions, name="questions"),
    path("calls/<slug:slug>/questions.pdf", public.questions_paper, name="questions_paper"),
    path("calls/<slug:slug>/winners/", public.winners, name="winners"),
    path("calls/<slug:slug>/deadline.ics", deadlines.calendar_file, name="ics"),
    path("reminders/<str:token>/", deadlines.reminders, name="reminders"),
    path("apply/<slug:slug>/", starting.apply, name="apply"),
    path("status/", starting.my, name="my"),
    path("new-address/<str:token>/", status.confirm_address, name="confirm_address"),
    path(f"{one}/", writing.tasks, name="tasks"),
    path(f"{one}/files/", files.files, name="files"),
    path(f"{one}/files/<uuid:key>/", files.download, name="file"),
    path(f"{one}/<section:section>/", writing.section, name="section"),
    path(f"{one}/check/", handing_in.check, name="check"),
    path(f"{one}/submit/", handing_in.submit, name="submit"),
    path(f"{one}/received/", handing_in.received, name="received"),
    path(f"{one}/draft.pdf", handing_in.draft, name="draft"),
    path(f"{one}/versions/<int:version>/", handing_in.version, name="version"),
    path(f"{one}/versions/<int:version>/receipt.pdf", handing_in.receipt, name="receipt"),
    path(f"{one}/withdraw/", handing_in.withdraw, name="withdraw"),
    path(f"{one}/status/", status.status, name="status"),
    path(f"{one}/new-link/", status.replace_link, name="replace_link"),
    path(f"{one}/colleagues/", status.colleagues, name="colleagues"),
    path(f"{one}/address/", status.address, name="address"),
    path(f"{one}/copy/", status.copy, name="copy"),
    path(f"{one}/answer/", answer.answer, name="answer"),
    path("help/", help_pages.guide, name="guide"),
    path("privacy/", help_pages.privacy, name="privacy"),
    path("accessibility/", help_pages.accessibility, name="accessibility"),
    path("contacts/", help_pages.contacts, name="contacts"),
]
