"""What came back for a letter: refused for good, refused for now, or nobody there at all."""

from __future__ import annotations

import smtplib


class Unreachable(Exception):
    """Nobody takes letters there now: no connection, or none for us. No letter has left."""


class Refusal(Exception):
    """A mail service's no to one letter, in its own words."""

    def __init__(self, words: str, *, permanent: bool):
        super().__init__(words)
        self.permanent = permanent


def codes(error: Exception) -> list[int]:
    """Return the numbers the mail server answered with, if it answered."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def is_permanent(error: Exception) -> bool:
    """Whether trying again can't help: the server refused for good (5xx), or it isn't mail."""
    if isinstance(error, Refusal):
        return error.permanent
    if isinstance(error, ValueError):
        return True
    return bool(codes(error)) and min(codes(error)) >= 500


def described(error: Exception) -> str:
    """Return what the server said, as a person who phones the provider would quote it."""
    if isinstance(error, Refusal):
        return str(error)[:2000]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = [answer_of(code, text) for code, text in error.recipients.values()]
        return "; ".join(said)[:2000]
    if isinstance(error, smtplib.SMTPResponseException):
        return answer_of(error.smtp_code, error.smtp_error)[:2000]
    return f"{type(error).__name__}: {error}"[:2000]


def answer_of(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"
