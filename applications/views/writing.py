"""The list of sections, and each section saved on its own. Nothing typed is ever turned away."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import access, drafting, instants, questions
from applications.counting import as_typed
from applications.forms import SectionForm, answers_from, shown
from applications.models import PrivateLink, SectionAnswers
from applications.models.application import Refused
from applications.questions import Section, Setting, consenting
from applications.views import desk


@require_safe
def tasks(request: HttpRequest, number: str) -> HttpResponse:
    link = desk.link_to(request, number)
    marked = questions.mark(link.application)
    context = {
        "marked": marked,
        "done": sum(one.state == questions.State.COMPLETE for one in marked),
        "next": next((one for one in marked if one.problems), None),
        "private_link": access.url_of(link) if link.is_owner else "",
        "late": "late" in request.GET,
    }
    return desk.page(request, "tasks", link, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """Show a section, or save it: as a page, or quietly for draft.js."""
    try:
        link = desk.link_to(request, number, to_edit=request.method == "POST")
    except access.Erased:
        raise
    except Http404:
        if request.method == "POST":
            return kept(request)
        raise
    page = Page(request, link, section)
    if request.method != "POST":
        return page.show(check="check" in request.GET)
    return page.save_quietly() if wants_json(request) else page.save()


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def kept(request: HttpRequest) -> HttpResponse:
    """Hold what was typed by a browser that has lost its key, until the key is there again."""
    if wants_json(request):
        return JsonResponse({"kept": False}, status=404)
    fields = [
        (k, v) for k in request.POST for v in request.POST.getlist(k) if k != "csrfmiddlewaretoken"
    ]
    context = {"fields": fields, "lost": "key"}
    return render(request, "applying/kept.html", context, status=403)


class Page:
    """One section of one application, as it is asked for by one request."""

    def __init__(self, request: HttpRequest, link: PrivateLink, key: str):
        self.request, self.link, self.application = request, link, link.application
        wanted = self.application.sections.filter(section__in=[key, "outlet"])
        saved = {one.section: one for one in wanted}
        self.saved = saved.get(key) or SectionAnswers(application=self.application, section=key)
        self.words_changed = consenting.has_changed(self.saved.answers)
        self.answers = consenting.asked_anew(key, self.saved.answers)
        self.country = questions.country_in(self.application, saved)
        self.sections = questions.sections_of(self.application.call, self.country)
        try:
            self.place = [one.key for one in self.sections].index(key)
        except ValueError:
            raise Http404 from None

    @property
    def section(self) -> Section:
        return self.sections[self.place]

    @property
    def following(self) -> Section | None:
        return self.sections[self.place + 1] if self.place + 1 < len(self.sections) else None

    def setting(self, answers: dict) -> Setting:
        return Setting(self.application.call, self.country, answers)

    def problems(self, answers: dict) -> list[questions.Problem]:
        setting = {"call": self.application.call, "country": self.country, "files": {}}
        return questions.problems_in(self.section, answers, **setting)

    def show(self, *, check=False, answers=None, theirs=None, status=200) -> HttpResponse:
        """Draw the form with what is kept, or with `answers` where a newer revision lies there."""
        answers = self.answers if answers is None else answers
        found = self.problems(answers) if check else []
        return desk.page(
            self.request,
            "section",
            self.link,
            status,
            section=self.section,
            number=self.place + 1,
            of=len(self.sections),
            following=self.following,
            form=SectionForm(self.section, self.setting(answers), found),
            problems=found,
            saved=self.saved,
            page=secrets.token_urlsafe(12),
            theirs=theirs,
            words_changed=self.words_changed,
            late="late" in self.request.GET,
        )

    def typed(self) -> dict:
        call = self.application.call
        return answers_from(self.request.POST, self.section, call, self.answers)

    def keep(self, typed: dict) -> SectionAnswers:
        """Save; raises OlderRevision where somebody saved in between, Http404 once erased."""
        page = drafting.Page(
            as_typed(self.request.POST.get("page", ""))[:24], self.whole("step", 0)
        )
        told = {"revision": self.whole("revision", -1), "page": page, "saved": self.saved}
        try:
            return drafting.save_section(
                self.application, self.section.key, typed, at=self.request.arrived_at, **told
            )
        except Refused:
            raise Http404 from None

    def whole(self, name: str, otherwise: int) -> int:
        """Return a hidden field's number, whatever was put there."""
        told = self.request.POST.get(name, "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else otherwise

    def save(self) -> HttpResponse:
        typed = self.typed()
        try:
            self.saved = self.keep(typed)
        except drafting.OlderRevision as older:
            self.saved = older.current
            return self.show(answers=typed, theirs=self.differences(typed), status=409)
        return redirect(self.onward(typed))

    def onward(self, typed: dict) -> str:
        """Return where saving leads: to what is wrong here, to the next section, or to the list."""
        number = self.application.number
        here = reverse("applications:section", args=[number, self.section.key])
        if not self.application.is_open(self.request.arrived_at):
            return f"{here}?late"
        if "later" not in self.request.POST and self.problems(typed):
            return f"{here}?check"
        onward = reverse("applications:tasks", args=[number])
        if "later" not in self.request.POST and self.following is not None:
            onward = reverse("applications:section", args=[number, self.following.key])
        return f"{onward}?kept={self.section.key}"  # draft.js lets go of its copy

    def differences(self, mine: dict) -> list[tuple[str, str]]:
        """Return (question, the other text) for every answer that isn't the same."""
        theirs = self.saved.answers
        own = shown(self.section, self.setting(mine), mine)
        other = shown(self.section, self.setting(theirs), theirs)
        return [other[key] for key in other if own[key] != other[key]]

    def save_quietly(self) -> JsonResponse:
        """Save for draft.js, which goes on writing: the new revision and when it was saved."""
        try:
            saved = self.keep(self.typed())
        except drafting.OlderRevision as older:
            words = _(
                "A newer version of this section was saved elsewhere. Press “Save” to compare"
            )
            return JsonResponse({"newer": older.current.revision, "words": words}, status=409)
        call, at = self.application.call, self.request.arrived_at
        told = {
            "revision": saved.revision,
            "words": _("Saved at %(time)s") % {"time": instants.clock(saved.saved_at, call)},
        }
        if not self.application.is_open(at):
            told["late"] = _("Applications have closed: the text is kept, but not submitted")
        return JsonResponse(told)
