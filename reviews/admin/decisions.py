"""The pages of deciding: a call's list, its feedback, one row, the second person's check."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import trying
from applications.admin.filters import is_key
from applications.admin.owned import OwnedByVerbs
from applications.models import Call
from applications.models.application import Refused
from reviews import deciding
from reviews.admin import decidingwords as words
from reviews.admin import decisionforms as forms
from reviews.admin import decisionpage, publishpage
from reviews.admin.answers import AnswerActs
from reviews.admin.report import ReportPages
from reviews.models import Assignment, Decision, DecisionChange, DecisionList

TEMPLATES = "admin/reviews/decisionlist"
MAY = {  # what an act needs besides seeing the page
    "change": "reviews.change_decisionlist",
    "propose": "reviews.propose_decisionlist",
    "publish": "reviews.publish_decisionlist",
}


@admin.register(DecisionList)
class DecisionListAdmin(AnswerActs, ReportPages, OwnedByVerbs, admin.ModelAdmin):
    def get_urls(self):
        pages = [
            path("<slug:slug>/", self.page(self.decisions_view), name="reviews_decisions"),
            path("<slug:slug>/feedback/", self.page(self.feedback_view), name="reviews_feedback"),
            path("<slug:slug>/publish/", self.page(self.publish_view), name="reviews_publish"),
            path("<slug:slug>/report/", self.page(self.report_view), name="reviews_report"),
            path(
                "<slug:slug>/report.json",
                self.page(self.report_json_view),
                name="reviews_report_json",
            ),
            path(
                "<slug:slug>/report.pdf",
                self.page(self.report_paper_view),
                name="reviews_report_paper",
            ),
            path("<slug:slug>/row/<int:pk>/", self.page(self.row_view), name="reviews_row"),
            path("<slug:slug>/try/<str:number>/", self.page(self.try_view), name="reviews_try"),
        ]
        acts = {
            "draft": (self.draft, "change"),
            "settle": (self.settle, "change"),
            "move": (self.move, "change"),
            "dates": (self.dates, "change"),
            "promote": (self.promote, "change"),
            "undo": (self.undo, "change"),
            "propose": (self.propose, "propose"),
            "send-back": (self.send_back, "propose"),
            "cancel": (self.cancel, "publish"),
        }
        return [
            path("", self.page(self.calls_view), name="reviews_decisionlist_changelist"),
            *(
                path(f"<slug:slug>/{name}/", self.act(verb, need), name=f"reviews_{name}")
                for name, (verb, need) in acts.items()
            ),
            *pages,
            *self.answer_urls(),
        ]

    # Doors -----------------------------------------------------------------------------------

    def page(self, view):
        """Return a view for who may read decisions; a declared conflict closes them."""

        def guarded(request, slug=None, **kwargs):
            if not self.has_view_permission(request):
                raise PermissionDenied
            if slug is None:
                return view(request)
            call = get_object_or_404(Call.objects.prefetch_related("texts", "countries"), slug=slug)
            if Assignment.objects.of_call(call).filter(juror=request.user, conflict=True).exists():
                raise PermissionDenied
            return view(request, call, **kwargs)

        return self.admin_site.admin_view(guarded)

    def act(self, verb, need: str):
        """Return a view that decides something by POST; what is refused is told on the page."""

        def acting(request, call):
            if not request.user.has_perm(MAY[need]):
                raise PermissionDenied
            try:
                said = verb(request, call)
            except Refused as refused:
                messages.error(request, words.refusal(refused))
                return self.decisions_view(request, call)
            if said:
                messages.success(request, said)
            return redirect("admin:reviews_decisions", call.slug)

        return require_POST(self.page(acting))

    def may(self, request) -> dict[str, bool]:
        return {name: request.user.has_perm(need) for name, need in MAY.items()}

    def show(self, request, template: str, **context) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "may": self.may(request),
            "typed": request.POST,
            **context,
        }
        return TemplateResponse(request, f"{TEMPLATES}/{template}.html", context)

    # Pages -----------------------------------------------------------------------------------

    def calls_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to the one call that has closed last, or offer a choice of calls."""
        closed = [one for one in Call.objects.all() if one.has_closed(request.arrived_at)]
        if len(closed) == 1:
            return redirect("admin:reviews_decisions", closed[0].slug)
        return self.show(request, "calls", calls=closed, title=_("Decision lists"))

    def decisions_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        found = decisionpage.page(call, request.user, request.arrived_at)
        decision_list = found["decision_list"]
        return self.show(
            request,
            "decisions",
            title=_("Decision list"),
            move_form=forms.MoveForm(),
            dates_form=forms.DatesForm(decision_list) if decision_list else None,
            remark_form=forms.RemarkForm(),
            **found,
        )

    def feedback_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        """Word the feedback for everybody who is not selected, on one page."""
        decisions = list(Decision.objects.of_call(call).filter(result="not_selected").for_listing())
        notes = publishpage.notes_of([d.application_id for d in decisions])
        rows = forms.feedback_forms(decisions, notes, request.POST or None)
        if request.method != "POST":
            title = _("Feedback for the not selected")
            return self.show(request, "feedback", rows=rows, call=call, title=title)
        if not request.user.has_perm(MAY["change"]):
            raise PermissionDenied
        return self.save_feedback(request, call, rows)

    def save_feedback(self, request: HttpRequest, call: Call, rows) -> HttpResponse:
        try:
            for form in rows:
                if form.is_valid():
                    deciding.write_feedback(
                        form.decision, **form.cleaned_data, by=request.user, at=request.arrived_at
                    )
        except Refused as refused:
            messages.error(request, words.refusal(refused))
            return redirect("admin:reviews_feedback", call.slug)
        messages.success(request, _("The feedback is saved."))
        return redirect("admin:reviews_decisions", call.slug)

    def row_view(self, request: HttpRequest, call: Call, pk: int) -> HttpResponse:
        """Show one decision with its history; POST decides it by hand, or undoes that."""
        decision = get_object_or_404(Decision.objects.of_call(call).for_listing(), pk=pk)
        form = forms.ChangeForm(request.POST or None, initial={"result": decision.result})
        if request.method == "POST" and self.decide_row(request, decision, form):
            return redirect("admin:reviews_decisions", call.slug)
        history = DecisionChange.objects.filter(application=decision.application_id)
        return self.show(
            request,
            "row",
            title=_("Decision"),
            call=call,
            decision=decision,
            form=form,
            answer_forms=self.answer_forms(decision),
            history=history.select_related("by", "decision_list", "beside").order_by("-pk"),
            notes=publishpage.notes_of([decision.application_id]).get(decision.application_id, []),
        )

    def answer_forms(self, decision: Decision) -> dict | None:
        """Return the forms about the outlet's answer, once it was told and while it can matter."""
        application = decision.application
        if application.declined_at or application.released_at or not application.result:
            return None
        if application.result == "selected":
            return {"declined": forms.ReasonForm(), "time": forms.TimeForm(decision)}
        return {"declined": forms.ReasonForm()} if application.result == "reserve" else None

    def decide_row(self, request: HttpRequest, decision: Decision, form) -> bool:
        """Change or restore a row; False where the form has to be shown again."""
        if not request.user.has_perm(MAY["change"]):
            raise PermissionDenied
        given = {"by": request.user, "at": request.arrived_at}
        try:
            if "restore" in request.POST:
                deciding.restore(decision, reason=request.POST.get("reason", ""), **given)
            elif form.is_valid():
                deciding.change(decision, **form.cleaned_data, **given)
            else:
                return False
        except Refused as refused:
            messages.error(request, words.refusal(refused))
            return False
        messages.success(request, _("Noted, with the reason."))
        return True

    def publish_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        """Show the whole list as it will be told; POST publishes it."""
        decision_list = decisionpage.latest_list(call)
        if decision_list is None:
            return redirect("admin:reviews_decisions", call.slug)
        given = request.POST if request.method == "POST" else None
        form = forms.PublishForm(decision_list, request.arrived_at, given)
        if given is not None and self.publish(request, decision_list, form):
            return redirect("admin:reviews_decisions", call.slug)
        return self.show(
            request,
            "publish",
            title=_("Check and announce"),
            form=form,
            remark_form=forms.RemarkForm(),
            steps=decisionpage.steps(decision_list),
            is_own=decision_list.proposed_by_id == request.user.pk,
            **publishpage.page(decision_list, request.GET),
        )

    def publish(self, request: HttpRequest, decision_list: DecisionList, form) -> bool:
        """Publish what the form says; False where it has to be shown again."""
        if not request.user.has_perm(MAY["publish"]):
            raise PermissionDenied
        if not form.is_valid():
            return False
        try:
            done = deciding.publish(
                decision_list,
                by=request.user,
                counts=form.counts(),
                fingerprint=form.cleaned_data["fingerprint"],
                publish_at=form.publish_at_instant(),
                at=request.arrived_at,
            )
        except deciding.WrongCounts as wrong:
            form.typed_wrong(wrong.fields)
            return False
        except Refused as refused:
            messages.error(request, words.refusal(refused))
            return refused.code in ("changed", "other_list", "not_proposed")
        told = _("Announced.") if done.published_at else _("It will be announced at the set time.")
        messages.success(request, told)
        return True

    def try_view(self, request: HttpRequest, call: Call, number: str) -> HttpResponse:
        """Send one letter of the list to oneself, as a trial."""
        decision_list = decisionpage.latest_list(call)
        if request.method != "POST" or decision_list is None:
            return redirect("admin:reviews_publish", call.slug)
        if not request.user.has_perm(MAY["change"]) or not request.user.email:
            raise PermissionDenied
        decision = publishpage.decision_of(decision_list, number)
        prepared = publishpage.announcement_of(decision, decision_list).prepared
        trying.send_trial(prepared, to=request.user, at=request.arrived_at)
        messages.success(request, _("A trial goes to %(email)s.") % {"email": request.user.email})
        return redirect("admin:reviews_publish", call.slug)

    # Acts ------------------------------------------------------------------------------------

    def draft(self, request, call) -> str:
        deciding.draft_decisions(call, by=request.user, at=request.arrived_at)
        return _("The list is drafted from the reviews as they stand.")

    def settle(self, request, call) -> str:
        first = [int(pk) for pk in request.POST.getlist("first") if is_key(pk)]
        deciding.settle(
            self.at_work(call),
            first=first,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=request.arrived_at,
        )
        return _("The tie is settled; the reason goes into the report.")

    def move(self, request, call) -> str:
        form = forms.MoveForm(request.POST)
        if not form.is_valid():
            raise Refused(next(iter(form.errors.values()))[0])
        deciding.move_place(call, **form.cleaned_data, by=request.user, at=request.arrived_at)
        if not DecisionList.objects.of_call(call).published().exists():
            deciding.draft_decisions(call, by=request.user, at=request.arrived_at)
        return _("The place is moved.")

    def dates(self, request, call) -> str:
        decision_list = self.at_work(call)
        form = forms.DatesForm(decision_list, request.POST)
        if not form.is_valid():
            raise Refused(next(iter(form.errors.values()))[0])
        deciding.set_dates(decision_list, **form.instants(), by=request.user, at=request.arrived_at)
        return _("The dates are set.")

    def promote(self, request, call) -> str:
        form = forms.PromoteForm(call, request.POST)
        if not form.is_valid():
            raise Refused("reason_needed" if "reason" in form.errors else "not_vacant")
        deciding.promote(**form.cleaned_data, by=request.user, at=request.arrived_at)
        return _("Drafted. Nobody is told before a second person publishes it.")

    def undo(self, request, call) -> str:
        reason = request.POST.get("reason", "")
        deciding.undo(self.at_work(call), reason=reason, by=request.user, at=request.arrived_at)
        return _("Dropped: places and the reserve are as before.")

    def propose(self, request, call) -> str:
        because = request.POST.get("because", "")
        given = {"by": request.user, "at": request.arrived_at}
        deciding.propose(self.at_work(call), because=because, **given)
        return _("Proposed. Now a second person checks and announces it.")

    def send_back(self, request, call) -> str:
        deciding.send_back(
            self.at_work(call),
            remark=request.POST.get("remark", ""),
            by=request.user,
            at=request.arrived_at,
        )
        return _("Sent back with the remark: it is a draft again.")

    def cancel(self, request, call) -> str:
        deciding.cancel(self.at_work(call), by=request.user, at=request.arrived_at)
        return _("Called off: nothing is announced by itself.")

    def at_work(self, call: Call) -> DecisionList:
        if (found := deciding.at_work(call)) is None:
            raise Refused("not_draft")
        return found
