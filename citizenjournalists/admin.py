"""Accounts as the sign-in sees them: who may no longer come in is out at once, and is told."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.shortcuts import redirect

from applications.admin.people import PersonAdmin
from citizenjournalists.signin import sessions, telling

# Secrets of second factors and keys of sessions are nobody's to read.
for model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(model)
admin.site.unregister(User)


@admin.register(User)
class GuardedPersonAdmin(PersonAdmin):
    """What an administrator changes of another's way in ends their sessions, in one transaction.

    A new e-mail address is told to the old one: by the new one a password can be set.
    """

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and not (obj.is_active and obj.is_staff):
            sessions.end(obj)
        old = form.initial.get("email")
        if change and old and "email" in form.changed_data:
            actor = "" if obj.pk == request.user.pk else request.user.get_username()
            event, at = "user.address_changed", request.arrived_at
            telling.note_and_write(event, obj, at=at, actor=actor, to=old)

    def user_change_password(self, request, id, form_url=""):
        """Set another's password; whoever has it now is out, and the person gets a letter.

        One's own changes where everybody's does: on the page that asks for the current one.
        """
        with transaction.atomic():
            user = self.get_object(request, id)
            if user == request.user:
                return redirect("account_change_password")
            before = user and user.password
            response = super().user_change_password(request, id, form_url)
            user = self.get_object(request, id)
            if user and user.password != before:
                sessions.end(user)
                at, actor = request.arrived_at, request.user.get_username()
                telling.note_and_write("password.changed", user, at=at, actor=actor)
        return response
