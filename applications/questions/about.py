"""Who the outlet is: its papers, who owns it, whom it reaches."""

from django.utils.translation import gettext_lazy as _

from applications.models import Country
from applications.questions.figures import Number, RegistrationNumber, Site, Year
from applications.questions.kinds import Choice, Long, Setting, SeveralChoices, Text
from applications.regions import regions_of

LEGAL_FORMS = (
    ("company", _("Company (LLP, LLC)")),
    ("nonprofit", _("Non-profit: foundation, association")),
    ("institution", _("Institution")),
    ("entrepreneur", _("Individual entrepreneur")),
    ("unregistered", _("Not registered")),
)
MEDIA = (
    ("site", _("Site")),
    ("social", _("Social networks and messengers")),
    ("print", _("Newspaper or magazine")),
    ("radio", _("Radio")),
    ("television", _("Television")),
    ("podcast", _("Podcast")),
)
LANGUAGES = (
    ("kk", _("Kazakh")),
    ("tg", _("Tajik")),
    ("ru", _("Russian")),
    ("uz", _("Uzbek")),
    ("ug", _("Uyghur")),
    ("ky", _("Kyrgyz")),
    ("pamiri", _("Pamiri languages")),
    ("en", _("English")),
    ("other", _("Another language")),
)
INCOME = (
    ("advertising", _("Advertising")),
    ("subscriptions", _("Subscriptions and sales")),
    ("readers", _("Readers’ donations")),
    ("grants", _("Grants")),
    ("state", _("State orders and subsidies")),
    ("owner", _("The owner’s money")),
    ("services", _("Services: production, training, printing")),
    ("other", _("Something else")),
)
NETWORKS = (
    ("telegram", "Telegram"),
    ("instagram", "Instagram"),
    ("facebook", "Facebook"),
    ("tiktok", "TikTok"),
    ("youtube", "YouTube"),
)


def regions(setting: Setting):
    """The regions of the outlet's country on the call's date, in the reader's language."""
    return tuple((r.code, r.name()) for r in regions_of(setting.country, setting.on))


def has(key: str):
    """A question that needs an answer once another has one."""
    return lambda setting: bool(setting.said(key))


OUTLET = (
    Text(
        key="name",
        label=_("Name in the documents"),
        help=_("If the outlet isn’t registered, write the name people know you by."),
        missing=_("Write the outlet’s name as it stands in the documents"),
        fixed=True,
        autocomplete="organization",
    ),
    Text(key="known_as", label=_("What readers call you"), required=False),
    Choice(
        key="country",
        label=_("Country the newsroom works in"),
        choices=tuple(Country.choices),
        missing=_("Choose the country"),
        fixed=True,
    ),
    Choice(
        key="region",
        label=_("Region or large city"),
        choices=regions,
        as_list=True,
        missing=_("Choose the region"),
        fixed=True,
    ),
    Text(
        key="city",
        label=_("City, town or village"),
        most=120,
        missing=_("Write the city, town or village the newsroom is in"),
        autocomplete="address-level2",
    ),
    Choice(
        key="legal_form",
        label=_("Legal form"),
        help=_("You can take part without being registered."),
        choices=LEGAL_FORMS,
        as_list=True,
        missing=_("Choose the legal form"),
    ),
    RegistrationNumber(
        key="registration_number",
        label=_("BIN"),
        help=_("12 digits, spaces are fine. We don’t ask entrepreneurs for their number."),
        required=False,
        countries=("KZ",),
    ),
    RegistrationNumber(
        key="registration_number",
        label=_("TIN"),
        help=_("9 digits, spaces are fine. We don’t ask entrepreneurs for their number."),
        required=False,
        countries=("TJ",),
    ),
    Year(key="founded", label=_("Year you began"), missing=_("Write the year you began")),
    SeveralChoices(
        key="media",
        label=_("Where you publish"),
        help=_("Tick all that apply."),
        choices=MEDIA,
        missing=_("Tick where you publish"),
    ),
    SeveralChoices(
        key="languages",
        label=_("Languages you publish in"),
        help=_("Tick all that apply."),
        choices=LANGUAGES,
        missing=_("Tick the languages you publish in"),
    ),
    Site(
        key="site",
        label=_("Site"),
        help=_("For example: example.com. If there is none, leave it empty."),
        required=False,
        autocomplete="url",
    ),
    Text(
        key="editor",
        label=_("Editor-in-chief"),
        help=_("Name and surname."),
        missing=_("Write the editor-in-chief’s name"),
    ),
)

INDEPENDENCE = (
    Long(
        key="owners",
        label=_("Who owns the outlet"),
        help=_("Name everyone with a share, and how large it is."),
        most=1500,
        missing=_("Write who owns the outlet"),
    ),
    Number(
        key="state_share",
        label=_("Share of the state or a party in the ownership"),
        help=_("If there is none, write 0."),
        unit=_("percent"),
        highest=100,
        example=0,
        missing=_("Write the share of the state or a party, 0 if there is none"),
    ),
    SeveralChoices(
        key="income",
        label=_("What you live on"),
        help=_("Tick all that apply."),
        choices=INCOME,
        missing=_("Tick what you live on"),
    ),
    Long(
        key="income_shares",
        label=_("Roughly, how large each part is"),
        help=_("For example: advertising 60%, grants 40%."),
        required=False,
        most=1000,
        rows=3,
    ),
    Long(
        key="donors",
        label=_("Who gave you grants in the last two years"),
        help=_("Donor, year and what for. If nobody did, write so."),
        most=2000,
        missing=_("Write who gave you grants in the last two years, or that nobody did"),
    ),
)


def network_questions():
    """The address of a page and the number of its followers, asked once an address is there."""
    for key, name in NETWORKS:
        yield Text(key=key, label=_("Page or name"), group=name, most=200, required=False)
        yield Number(
            key=f"{key}_followers",
            label=_("Followers"),
            group=name,
            required=False,
            needed=has(key),
            example=4100,
            missing=_("Write how many followers the %(network)s page has") % {"network": name},
        )


REACH = (
    Number(
        key="visits",
        label=_("Visits to the site in a month"),
        help=_("Visitors a month, roughly. If there is no site, leave it empty."),
        required=False,
        example=41_000,
    ),
    Text(
        key="visits_period",
        label=_("Which month that was"),
        help=_("For example: the average of the last three months."),
        most=120,
        required=False,
        needed=has("visits"),
        missing=_("Write which month the visits are of"),
    ),
    *network_questions(),
    Text(
        key="print_or_air",
        label=_("Print run or where you are heard"),
        help=_("For a newspaper: copies and how often. For radio and television: the area."),
        required=False,
    ),
    Number(
        key="team",
        label=_("People in the newsroom"),
        help=_("Together with those who work part-time."),
        unit=_("people"),
        lowest=1,
        highest=10_000,
        missing=_("Write how many people work in the newsroom"),
    ),
)
