"""Where a mail service tells what became of letters: only that one came back changes anything.

Anymail's views check the password and the service's signature and read the event. They would then
hand it over by a signal; these call the verb instead.
"""

from __future__ import annotations

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from applications import resending

CAME_BACK = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)
UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class NotesBounces:
    """What is done with events. Any may come twice, late, or about no letter of ours."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self.run_validators(request)
            events = self.parse_events(request)
        except UNREADABLE as error:
            raise AnymailWebhookValidationFailure(f"unreadable event: {error}") from error
        for event in events:
            if event.event_type in CAME_BACK:
                resending.note_bounce(
                    letter_in(event), detail=words_in(event), at=request.arrived_at
                )
        return HttpResponse()


def letter_in(event: AnymailTrackingEvent) -> str:
    """Return the Message-ID that we wrote on the letter; some services tell only their own."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    return storable(metadata.get("message_id") or event.message_id)


def words_in(event: AnymailTrackingEvent) -> str:
    return storable(event.mta_response or event.description or event.reject_reason)


def storable(value) -> str:
    return str(value or "").replace("\0", "").strip()


class Mailgun(NotesBounces, MailgunTrackingWebhookView):
    pass


class Postmark(NotesBounces, PostmarkTrackingWebhookView):
    pass


class SparkPost(NotesBounces, SparkPostTrackingWebhookView):
    pass


VIEWS = {"mailgun": Mailgun, "postmark": Postmark, "sparkpost": SparkPost}


def address_of(provider: str) -> URLPattern:
    """Return the one address at which this service's events are taken."""
    return path(f"mail-events/{provider}/", VIEWS[provider].as_view(), name="mail_events")
