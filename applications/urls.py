"""What a person can open under a language: /ru/…, /kk/…, /tg/…, /en/…"""

from django.urls import path

from applications.views import deadlines, public
from applications.views import help as help_pages

app_name = "applications"

urlpatterns = [
    path("", public.home, name="home"),
    path("calls/", public.calls, name="calls"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/eligibility/", public.eligibility, name="eligibility"),
    path("calls/<slug:slug>/questions/", public.questions, name="questions"),
    path("calls/<slug:slug>/questions.pdf", public.questions_paper, name="questions_paper"),
    path("calls/<slug:slug>/deadline.ics", deadlines.calendar_file, name="ics"),
    path("reminders/<str:token>/", deadlines.reminders, name="reminders"),
    path("privacy/", help_pages.privacy, name="privacy"),
    path("accessibility/", help_pages.accessibility, name="accessibility"),
    path("contacts/", help_pages.contacts, name="contacts"),
]
