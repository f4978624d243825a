"""Hand a letter to a mail service over HTTP, by Anymail, and tell what the answer means.

The same three outcomes as with a mail server: taken, refused (for now or for good), or handed
over without a clear answer, which puts the letter before a person. Only an answer that says the
letter was not taken lets it be sent again by itself.
"""

from __future__ import annotations

from ssl import SSLCertVerificationError

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from requests import RequestException, Response
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from applications.models import Message
from applications.refusals import Refusal, Unreachable
from applications.smtp import Unanswered

NOT_NOW = {408, 420, 425, 429, 503}  # 420: SparkPost's own 429
NOT_FOR_US = {401, 402, 403}  # a wrong key or an unpaid bill is no letter's fault
NEVER_LEFT = (
    ConnectTimeoutError,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    NewConnectionError,
    SSLCertVerificationError,
)


def mark(mail: EmailMultiAlternatives, message: Message) -> None:
    """Write on the letter, for the service alone, what its events bring back.

    Nothing is tracked: a tracked link would lead through the service, and ours open applications.
    """
    mail.metadata = {"message_id": message.message_id.strip("<>"), "key": message.key}
    mail.track_clicks = mail.track_opens = False
    if settings.MAIL_PROVIDER == "postmark":
        mail.extra_headers["X-PM-KeepID"] = "true"  # else it writes a Message-ID of its own


def hand_over(mail: EmailMultiAlternatives) -> None:
    """Send a letter by whatever way is configured.

    A service's answers come as Unreachable, Unanswered or Refusal; a mail server's as smtplib
    raises them. Raises ValueError for a header that mail can't carry, which a service that takes
    JSON might let through.
    """
    if settings.MAIL_PROVIDER:
        mail.message()
    try:
        mail.send()
    except AnymailError as error:
        raise meaning_of(error) from error
    if settings.MAIL_PROVIDER:
        look_again_at(mail.anymail_status.esp_response)


def look_again_at(answer: Response) -> None:
    """Refuse what Anymail let pass: it reads Postmark's 422 by its wording, which may change."""
    if not answer.ok:
        raise Refusal(" ".join(f"{answer.status_code} {answer.text}".split()), permanent=True)


def meaning_of(error: AnymailError) -> Exception:
    words, status = words_of(error), error.status_code
    if isinstance(error, AnymailRecipientsRefused):
        return Refusal(words, permanent=True)
    if isinstance(error, RequestException) and error.response is None:
        return Unreachable(words) if never_left(error) else Unanswered(words)
    if status in NOT_FOR_US:
        return Unreachable(words)
    if status is not None and status not in NOT_NOW and not 400 <= status < 500:
        return Unanswered(words)  # it broke with the letter in its hands, or said yes unreadably
    return Refusal(words, permanent=status not in NOT_NOW)


def never_left(error: Exception) -> bool:
    """Whether the connection failed before the first byte of the letter."""
    met = [error]
    for one in met:
        inner = (one.__cause__, getattr(one, "reason", None), *one.args[:1])
        met += [each for each in inner if isinstance(each, Exception) and each not in met]
    return any(isinstance(one, NEVER_LEFT) for one in met)


def words_of(error: AnymailError) -> str:
    """Return what the service said, in one line."""
    said = str(error)
    if error.status_code is None and error.response is not None:
        said = f"{said} {error.response.text}"
    return " ".join(said.split())[:2000]
