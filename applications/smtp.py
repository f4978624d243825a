"""A connection to the mail server that can tell a letter that never left from one that may have.

SMTP answers after the last byte of a letter. When the line breaks between the two nobody can
say whether the server took it: such a letter is stalled for a person, never sent again by itself.
"""

from __future__ import annotations

import smtplib

from django.core.mail.backends import smtp

END_OF_TEXT = b"\r\n.\r\n"


class Unanswered(Exception):
    """The whole letter was handed over and no answer came."""


class Telling:
    """Notes when a letter's last byte goes out."""

    text_is_out = False

    def send(self, s):
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        if data.endswith(END_OF_TEXT):
            self.text_is_out = True
        return super().send(s)

    def data(self, msg):
        self.text_is_out = False
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if self.text_is_out and not isinstance(error, smtplib.SMTPResponseException):
                raise Unanswered(str(error)) from error
            raise


class Connection(Telling, smtplib.SMTP):
    pass


class SecureConnection(Telling, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own, over a connection that tells."""

    @property
    def connection_class(self):
        return SecureConnection if self.use_ssl else Connection
