from applications.models.application import Application, Result, SectionAnswers, Status, Version
from applications.models.attachment import Attachment
from applications.models.attempt import Attempt
from applications.models.audit import AuditEntry, Words
from applications.models.call import Call, CallCountry, CallItem, CallText, Country, Language
from applications.models.consent import ConsentText
from applications.models.coordinator import Coordinator
from applications.models.discarded import DiscardedFile
from applications.models.extension import Extension
from applications.models.heartbeat import Heartbeat
from applications.models.knock import Knock
from applications.models.letter import LetterTemplate, MailSwitch
from applications.models.link import PrivateLink
from applications.models.message import Message, MessageKind, MessageStatus
from applications.models.outlet import Outlet
from applications.models.seal import Seal

__all__ = [
    "Application",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "Call",
    "CallCountry",
    "CallItem",
    "CallText",
    "ConsentText",
    "Coordinator",
    "Country",
    "DiscardedFile",
    "Extension",
    "Heartbeat",
    "Knock",
    "Language",
    "LetterTemplate",
    "MailSwitch",
    "Message",
    "MessageKind",
    "MessageStatus",
    "Outlet",
    "PrivateLink",
    "Result",
    "Seal",
    "SectionAnswers",
    "Status",
    "Version",
    "Words",
]
