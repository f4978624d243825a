"""What officers do about an outlet's answer: note that it gave up, or give it more time."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import answering
from applications.models import Call
from applications.models.application import Refused
from reviews.admin import decidingwords as words
from reviews.admin.decisionforms import ReasonForm, TimeForm
from reviews.models import Decision


class AnswerActs:
    """Acts of DecisionListAdmin on one decision that was told. Each needs a written reason."""

    def answer_urls(self) -> list:
        return [
            path(
                f"<slug:slug>/row/<int:pk>/{name}/",
                require_POST(self.page(self.answer_act(verb))),
                name=f"reviews_{name}",
            )
            for name, verb in (("declined", self.note_decline), ("time", self.give_time))
        ]

    def answer_act(self, verb):
        """Return a view that does `verb` to a decision; what is refused is told on its page."""

        def acting(request: HttpRequest, call: Call, pk: int) -> HttpResponse:
            if not request.user.has_perm("reviews.change_decisionlist"):
                raise PermissionDenied
            decision = get_object_or_404(Decision.objects.of_call(call).for_listing(), pk=pk)
            try:
                messages.success(request, verb(request, decision))
            except Refused as refused:
                messages.error(request, words.refusal(refused))
            return redirect("admin:reviews_row", call.slug, pk)

        return acting

    def note_decline(self, request: HttpRequest, decision: Decision) -> str:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            raise Refused("reason_needed")
        answering.decline(
            decision.application,
            actor=request.user.get_username(),
            reason=form.cleaned_data["reason"],
            at=request.arrived_at,
        )
        return _("Noted: the outlet gave its place up. The list shows what comes next.")

    def give_time(self, request: HttpRequest, decision: Decision) -> str:
        form = TimeForm(decision, request.POST)
        if not form.is_valid():
            raise Refused("reason_needed" if "reason" in form.errors else "not_later")
        answering.give_time(
            decision.application,
            until=form.until(),
            reason=form.cleaned_data["reason"],
            actor=request.user.get_username(),
            at=request.arrived_at,
        )
        return _("Noted: the outlet may answer until then. Tell it so.")
