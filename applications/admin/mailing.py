"""What officers do about mail: each a form of one button, and a verb of applications.resending."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications import resending
from applications.models import MailSwitch, Message
from applications.models.application import Refused


class AddressForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Right address"))
    reason = forms.CharField(
        label=gettext_lazy("Who confirmed it, and how"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The letters carry the outlet’s private link."),
    )


class StopForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why mail is stopped"), widget=forms.Textarea(attrs={"rows": 2})
    )


class SpeedForm(forms.Form):
    per_minute = forms.IntegerField(
        label=gettext_lazy("Letters per minute"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Empty: no limit."),
    )


def in_words(refused: Refused) -> str:
    """Return why an act on a letter was refused."""
    told = {
        "not_stalled": _("This letter isn’t stalled any more."),
        "not_to_be_replaced": _("This letter is on its way, or has arrived: it isn’t sent again."),
        "same_address": _("This is the address the letter went to already."),
        "reason_needed": _("A reason is needed."),
    }
    return told.get(refused.code, refused.code)


class ActsOnMail:
    """The acts of MessageAdmin. Each needs the permission to change letters."""

    def has_mail_permission(self, request) -> bool:
        return request.user.has_perm("applications.change_message")

    def get_urls(self):
        stop, resume = require_POST(self.stop_view), require_POST(self.resume_view)
        views = {
            "<int:pk>/again/": (self.act(self.again_view), "again"),
            "<int:pk>/arrived/": (self.act(self.found_view), "found"),
            "<int:pk>/address/": (self.act(self.address_view), "address"),
            "switch/": (self.switched(self.switch_view), "switch"),
            "stop/": (self.switched(stop), "stop"),
            "resume/": (self.switched(resume), "resume"),
        }
        acts = [
            path(route, view, name=f"applications_message_{name}")
            for route, (view, name) in views.items()
        ]
        return [*acts, *super().get_urls()]

    def switched(self, view):
        """Return the view for who may change letters."""

        def guarded(request, **kwargs):
            if not self.has_mail_permission(request):
                raise PermissionDenied
            return view(request, **kwargs)

        return self.admin_site.admin_view(guarded)

    def act(self, view):
        """Return a view that acts on one letter by POST, and tells what was refused."""

        def acting(request, pk):
            message = get_object_or_404(self.get_queryset(request), pk=pk)
            try:
                return view(request, message)
            except Refused as refused:
                messages.error(request, in_words(refused))
                return redirect("admin:applications_message_change", pk)

        return self.switched(require_POST(acting))

    def context_to_act(self, request, message: Message, address_form=None) -> dict:
        if not self.has_mail_permission(request):
            return {}
        can_go_again = message.status in resending.CAN_BE_REPLACED and message.status != "queued"
        return {
            "can_go_again": can_go_again,
            "may_have_arrived": message.status == "stalled",
            "address_form": (address_form or AddressForm())
            if can_go_again and message.application
            else None,
        }

    def again_view(self, request, message):
        again = resending.send_again(message, by=request.user.get_username(), at=request.arrived_at)
        messages.success(request, _("The letter goes again; this is the new one."))
        return redirect("admin:applications_message_change", again.pk)

    def found_view(self, request, message):
        resending.mark_as_sent(message, by=request.user.get_username(), at=request.arrived_at)
        messages.success(request, _("Noted: the letter has arrived."))
        return redirect("admin:applications_message_change", message.pk)

    def address_view(self, request, message):
        form = AddressForm(request.POST)
        if not form.is_valid() or message.application is None:
            return self.page_to_read(request, message, address_form=form)
        sent = resending.correct_address(
            message.application,
            form.cleaned_data["email"],
            reason=form.cleaned_data["reason"],
            by=request.user.get_username(),
            at=request.arrived_at,
        )
        messages.success(
            request, _("The address is corrected; letters sent again: %(n)s.") % {"n": len(sent)}
        )
        return redirect("admin:applications_message_changelist")

    def switch_view(self, request):
        """Show whether mail goes out and how fast; POST sets the speed."""
        switch = MailSwitch.objects.first() or MailSwitch()
        form = SpeedForm(request.POST or None, initial={"per_minute": switch.per_minute})
        if request.method == "POST" and form.is_valid():
            resending.limit_speed(
                form.cleaned_data["per_minute"],
                by=request.user.get_username(),
                at=request.arrived_at,
            )
            messages.success(request, _("The speed is set."))
            return redirect("admin:applications_message_switch")
        return self.switch_page(request, switch, form, StopForm())

    def switch_page(self, request, switch, speed_form, stop_form):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("All mail"),
            "switch": switch,
            "waiting": Message.objects.due(request.arrived_at).count(),
            "speed_form": speed_form,
            "stop_form": stop_form,
        }
        return TemplateResponse(request, "admin/applications/message/switch.html", context)

    def stop_view(self, request):
        form = StopForm(request.POST)
        switch = MailSwitch.objects.first() or MailSwitch()
        if not form.is_valid():
            speed = SpeedForm(initial={"per_minute": switch.per_minute})
            return self.switch_page(request, switch, speed, form)
        resending.stop(
            by=request.user.get_username(),
            because=form.cleaned_data["because"],
            at=request.arrived_at,
        )
        messages.warning(request, _("All mail is stopped. Letters wait until you let them go."))
        return redirect("admin:applications_message_switch")

    def resume_view(self, request):
        resending.resume(by=request.user.get_username(), at=request.arrived_at)
        messages.success(request, _("Mail goes out again."))
        return redirect("admin:applications_message_switch")
