"""What ends the form: the letter of rationale, the files and the consents."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from applications.models import Attachment, Call
from applications.questions.kinds import Files, Long, SeveralChoices, Tick

HEARD = (
    ("internews", _("From Internews: site, letter, people")),
    ("telegram", _("Telegram")),
    ("facebook", _("Facebook")),
    ("instagram", _("Instagram")),
    ("colleagues", _("From colleagues")),
    ("media", _("From another outlet")),
    ("earlier", _("We took part before")),
    ("other", _("In another way")),
)


@dataclass(frozen=True, kw_only=True)
class Letter(Long):
    """The letter of rationale; how long it may be is the call's."""

    def limits(self, call: Call) -> tuple[int, int]:
        return call.letter_least, call.letter_most


LETTER = (
    Letter(
        key="letter",
        label=_("Your letter"),
        help=_("In Russian, Kazakh, Tajik or English."),
        rows=14,
        missing=_("Write the letter: why your outlet should take part"),
        fixed=True,
    ),
)

FILES = (
    Files(
        key="cv",
        kind=Attachment.Kind.CV,
        label=_("Coordinator’s CV"),
        required=False,
        missing=_("Attach the coordinator’s CV"),
    ),
    Files(
        key="signed_letter",
        kind=Attachment.Kind.LETTER,
        label=_("Signed letter on letterhead"),
        help=_("The same letter of rationale, signed. A photo will do."),
        required=False,
        missing=_("Attach the signed letter"),
    ),
    Files(
        key="samples",
        kind=Attachment.Kind.SAMPLE,
        label=_("Examples of work and other files"),
        required=False,
        missing=_("Attach an example of work"),
    ),
)

CONSENTS = (
    Tick(
        key="data",
        label=_(
            "I agree to the processing of the personal data in this application, "
            "and have the consent of the people named in it"
        ),
        help=_(
            "Kazakhstan’s law No. 94-V of 21 May 2013 and Tajikistan’s law of 3 August 2018 "
            "on personal data."
        ),
        missing=_("Tick the consent to the processing of personal data"),
        fixed=True,
    ),
    Tick(
        key="transfer",
        label=_("I agree that the data may be passed across borders, to the jury and organisers"),
        missing=_("Tick the consent to passing the data across borders"),
        fixed=True,
    ),
    Tick(
        key="truth",
        label=_("I confirm that the answers are true"),
        missing=_("Tick that the answers are true"),
        fixed=True,
    ),
    Tick(
        key="publication",
        label=_("If we are selected, the outlet’s name may be published"),
        help=_("Separate and up to you: it has no bearing on the decision."),
        required=False,
    ),
    SeveralChoices(
        key="heard",
        label=_("How you heard about the competition"),
        choices=HEARD,
        required=False,
    ),
)
