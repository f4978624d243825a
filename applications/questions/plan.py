"""What the outlet wants to do: the coordinator, the network and its money."""

from django.utils.translation import gettext_lazy as _

from applications.questions.figures import Email, Money, Number, Phone
from applications.questions.kinds import Choice, Long, Setting, Text

YES_OR_NO = (("yes", _("Yes")), ("no", _("No")))
CURRENCIES = {
    "KZ": (("KZT", _("tenge")), ("USD", _("US dollars"))),
    "TJ": (("TJS", _("somoni")), ("USD", _("US dollars"))),
}


def currencies(setting: Setting):
    """The country's own currency first."""
    return CURRENCIES.get(setting.country) or (*CURRENCIES["KZ"], CURRENCIES["TJ"][0])


COORDINATOR = (
    Text(
        key="coordinator_name",
        label=_("Coordinator’s name and surname"),
        help=_("The person in the newsroom who will lead the network."),
        missing=_("Write the coordinator’s name"),
        autocomplete="name",
    ),
    Text(
        key="coordinator_role",
        label=_("Position in the newsroom"),
        missing=_("Write the coordinator’s position in the newsroom"),
        autocomplete="organization-title",
    ),
    Phone(
        key="coordinator_phone",
        label=_("Coordinator’s phone"),
        help=_("We call only when a letter isn’t enough."),
        missing=_("Write the coordinator’s phone"),
    ),
    Email(
        key="coordinator_email",
        label=_("Coordinator’s e-mail"),
        missing=_("Write the coordinator’s e-mail"),
    ),
    Number(
        key="coordinator_hours",
        label=_("Hours a week the coordinator can give to the network"),
        unit=_("hours"),
        lowest=1,
        highest=60,
        example=15,
        missing=_("Write how many hours a week the coordinator has"),
    ),
    Long(
        key="coordinator_experience",
        label=_("What the coordinator has done before"),
        help=_("Editing, teaching, work with authors. A CV can be attached in “Files”."),
        most=2000,
        missing=_("Write what the coordinator has done before"),
    ),
)

NETWORK = (
    Long(
        key="experience",
        label=_("How you have worked with citizen journalists so far"),
        help=_("What came of it. If you haven’t yet, write so."),
        missing=_("Write how you have worked with citizen journalists, or that you haven’t yet"),
    ),
    Choice(
        key="took_part",
        label=_("Did you take part in this competition before?"),
        choices=YES_OR_NO,
        missing=_("Choose whether you took part before"),
    ),
    Text(
        key="took_part_season",
        label=_("In which season?"),
        help=_("For example: 2019–2020."),
        most=60,
        required=False,
        needed=lambda setting: setting.said("took_part") == "yes",
        missing=_("Write the season you took part in"),
    ),
    Number(
        key="target",
        label=_("How many citizen journalists you want in the network"),
        unit=_("people"),
        lowest=1,
        highest=500,
        example=20,
        missing=_("Write how many citizen journalists you want in the network"),
    ),
    Long(
        key="recruitment",
        label=_("Where you will find them and how you will choose"),
        help=_(
            "Whom you don’t hear now: villages, languages, women, young people, disabled people."
        ),
        missing=_("Write where you will find citizen journalists"),
    ),
    Long(
        key="training",
        label=_("How you will teach and edit them"),
        missing=_("Write how you will teach and edit citizen journalists"),
    ),
    Long(
        key="safety",
        label=_("How you will keep them safe"),
        help=_("Names, sources, law, what to do in danger."),
        missing=_("Write how you will keep citizen journalists safe"),
    ),
    Long(
        key="payment",
        label=_("How and for what you will pay them"),
        most=1500,
        rows=4,
        missing=_("Write how you will pay citizen journalists"),
    ),
    Long(
        key="plan",
        label=_("Plan for six months"),
        help=_("Month by month, in a few lines each."),
        most=3000,
        rows=8,
        missing=_("Write the plan for six months"),
    ),
)

BUDGET = (
    Choice(
        key="currency",
        label=_("Currency"),
        choices=currencies,
        missing=_("Choose the currency"),
        fixed=True,
    ),
    Number(
        key="coordinator_months",
        label=_("Months"),
        group=_("Coordinator’s pay"),
        lowest=0,
        highest=12,
        example=6,
        missing=_("Write for how many months the coordinator is paid"),
        fixed=True,
    ),
    Money(
        key="coordinator_monthly",
        label=_("For a month"),
        group=_("Coordinator’s pay"),
        missing=_("Write the coordinator’s pay for a month"),
        fixed=True,
    ),
    Number(
        key="fees_number",
        label=_("Publications to be paid for"),
        group=_("Citizen journalists’ fees"),
        highest=10_000,
        example=60,
        missing=_("Write how many publications are to be paid for"),
        fixed=True,
    ),
    Money(
        key="fee",
        label=_("For one publication, on average"),
        group=_("Citizen journalists’ fees"),
        missing=_("Write the fee for one publication"),
        fixed=True,
    ),
    Money(
        key="own_contribution",
        label=_("The newsroom’s own contribution"),
        help=_("In money. If there is none, write 0."),
        missing=_("Write the newsroom’s own contribution, 0 if there is none"),
        fixed=True,
    ),
    Long(
        key="budget_notes",
        label=_("What is behind these figures"),
        required=False,
        most=1500,
        rows=4,
    ),
    Long(
        key="afterwards",
        label=_("How the network will go on when the grant ends"),
        help=_("Where fees will come from, what the newsroom takes upon itself."),
        most=2000,
        missing=_("Write how the network will go on when the grant ends"),
    ),
)
