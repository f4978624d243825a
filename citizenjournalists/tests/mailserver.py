"""A real SMTP server in a thread that keeps what it gets and fails when told to."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

TEMPORARY = "451 4.3.0 Try again later"
PERMANENT = "550 5.1.1 No such mailbox"


class Sink:
    """`messages` in order of arrival; `answers` are said instead of taking the next ones."""

    def __init__(self):
        self.messages: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.connections = 0
        self.hang_up_after_text = False  # take a letter's text and break the line without a word

    def fail_temporarily(self, times: int = 1) -> None:
        self.answers += [TEMPORARY] * times

    def fail_permanently(self, times: int = 1) -> None:
        self.answers += [PERMANENT] * times

    def refuse(self, recipient: str, answer: str = PERMANENT) -> None:
        """Answer so to every letter for `recipient`, while others go through."""
        self.refused[recipient] = answer

    @property
    def subjects(self) -> list[str]:
        return [message["Subject"] for message in self.messages]

    def to(self, recipient: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == recipient]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hang_up_after_text:
            server.transport.close()
        if self.answers:
            return self.answers.pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mail_sink(settings):
    """Run the sink and send this test's mail to it."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    sink.url = f"smtp://{controller.hostname}:{controller.port}"
    try:
        yield sink
    finally:
        controller.stop()
