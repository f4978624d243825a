"""`client.force_login(person)` as the sign-in leaves it: whole, with both steps, just now."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client

from citizenjournalists.signin import sessions

plainly = Client.force_login


def wholly(client: Client, user, backend=None) -> None:
    plainly(client, user, backend)
    session = client.session
    record = {"method": "password", "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[sessions.WITH_FACTOR] = True
    session.save()
