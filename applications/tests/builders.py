"""Builders for tests: each makes one thing with sensible defaults, by the portal's own verbs."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group, User

from applications import audit, drafting, roles, submitting
from applications.models import (
    Application,
    AuditEntry,
    Call,
    CallCountry,
    CallText,
    Coordinator,
    Country,
    Language,
    SectionAnswers,
)
from applications.questions import consenting

OPENS = datetime(2026, 11, 14, 19, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 14, 19, 0, tzinfo=UTC)  # 24:00 on 14 December 2026 in Astana
IN_TIME = CLOSES - timedelta(days=3)
numbers = count(1)


def a_call(**changes) -> Call:
    """Return an open call for both countries with its texts in four languages."""
    n = next(numbers)
    call = Call.objects.create(
        **{
            "slug": f"season-{n}",
            "season": "2026–2027",
            "is_public": True,
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "decision_date": date(2026, 12, 21),
            "notification_date": date(2026, 12, 25),
            **changes,
        }
    )
    CallCountry.objects.create(
        call=call, country=Country.KZ, contact_email="kz@portal.example", zone="Asia/Almaty"
    )
    CallCountry.objects.create(
        call=call, country=Country.TJ, contact_email="tj@portal.example", zone="Asia/Dushanbe"
    )
    for language in Language:
        CallText.objects.create(
            call=call,
            language=language,
            title="Гражданские журналисты",
            lead="Грант для независимых редакций.",
            summary="Грант для независимых редакций.",
            eligibility="Независимые медиа двух стран.",
            zone_label="по времени Астаны",
        )
    return call


def a_draft(
    call: Call | None = None,
    *,
    country: str = "KZ",
    name: str = "",
    email: str = "",
    language: str = "ru",
    at: datetime = IN_TIME,
) -> Application:
    """Return an application that has been started and no more."""
    n = next(numbers)
    link = drafting.start(
        call or a_call(),
        country=country,
        name=name or f"Степь № {n}",
        email=email or f"editor{n}@outlet.example",
        language=language,
        at=at,
    )
    return link.application


def a_complete_draft(call: Call | None = None, *, at: datetime = IN_TIME, **who) -> Application:
    """Return a draft whose every section is filled in well."""
    application = a_draft(call, at=at, **who)
    answers = good_answers(application)
    drafting.save_section(application, "outlet", answers.pop("outlet"), revision=None, at=at)
    fill_in(application, answers, at=at)
    application.refresh_from_db()
    return application


def fill_in(application: Application, answers: dict[str, dict], *, at: datetime) -> None:
    """Leave sections as `drafting.save_section` leaves them, in two queries for all of them."""
    answers = {**answers, "consents": consenting.agree(answers["consents"], {}, at=at)}
    SectionAnswers.objects.bulk_create(
        SectionAnswers(application=application, section=key, answers=given, revision=1, saved_at=at)
        for key, given in answers.items()
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            chain=f"application/{application.pk}",
            number=number,
            at=at,
            event="section.saved",
            actor=audit.APPLICANT,
            details={"section": section, "revision": 1},
            application=application,
        )
        for number, section in enumerate(answers, 3)  # after the start and the outlet's section
    )


def an_application(call: Call | None = None, *, at: datetime = IN_TIME, **who) -> Application:
    """Return an application that has been handed in."""
    return submitting.submit(a_complete_draft(call, at=at, **who), at=at)


def good_answers(application: Application) -> dict[str, dict]:
    """Return answers to every section that submitting finds nothing wrong with."""
    outlet = application.outlet
    in_kazakhstan = outlet.country == Country.KZ
    return {
        "outlet": {
            "name": outlet.name,
            "known_as": "",
            "country": outlet.country,
            "region": "KZ-35" if in_kazakhstan else "TJ-SU",
            "city": "Караганда" if in_kazakhstan else "Хуҷанд",
            "legal_form": "company",
            "registration_number": "940140000385" if in_kazakhstan else "020025789",
            "founded": "2013",
            "media": ["site", "social"],
            "languages": ["ru", "kk" if in_kazakhstan else "tg"],
            "site": "outlet.example",
            "editor": "Гүлнұр Әбдіқызы" if in_kazakhstan else "Меҳрубон Ҷӯраева",
        },
        "independence": {
            "owners": "Главный редактор, 100 %.",
            "state_share": "0",
            "income": ["advertising", "grants"],
            "income_shares": "Реклама 60 %, гранты 40 %.",
            "donors": "За последние два года грантов не было.",
        },
        "reach": {
            "visits": "41 000",
            "visits_period": "В среднем за три месяца.",
            "telegram": "t.me/outlet_example",
            "telegram_followers": "12 400",
            "team": "7",
        },
        "coordinator": {
            "coordinator_name": "Әсел Нұрғалиева",
            "coordinator_role": "Редактор отдела писем",
            "coordinator_phone": "8 701 555 01 42" if in_kazakhstan else "93 555 01 42",
            "coordinator_email": "coordinator@outlet.example",
            "coordinator_hours": "15",
            "coordinator_experience": "Три года ведёт рубрику писем и учит авторов.",
        },
        "network": {
            "experience": "Читатели присылают нам новости с окраин.",
            "took_part": "no",
            "target": "20",
            "recruitment": "Библиотеки, поликлиники, сельские школы.",
            "training": "Занятие в неделю, правка вместе с автором.",
            "safety": "Имена по желанию не публикуем, юрист отвечает по средам.",
            "payment": "За каждый опубликованный материал, в конце месяца.",
            "plan": "Месяц 1: набор. Месяцы 2–6: занятия и публикации.",
        },
        "budget": {
            "currency": "KZT" if in_kazakhstan else "TJS",
            "coordinator_months": "6",
            "coordinator_monthly": "150 000",
            "fees_number": "60",
            "fee": "8 000",
            "own_contribution": "120 000",
            "afterwards": "Гонорары возьмём на себя из рекламы.",
        },
        "letter": {"letter": "Про окраины мы узнаём последними. " * 50},
        "consents": {"data": "yes", "transfer": "yes", "truth": "yes", "heard": ["telegram"]},
    }


def a_person(*held: str, country: str = "", **changes) -> User:
    """Return one of the staff with the roles `held`; `country` is a coordinator's."""
    n = next(numbers)
    if Group.objects.filter(name__in=roles.PERMISSIONS).count() < len(roles.PERMISSIONS):
        roles.install()
    person = User.objects.create_user(
        **{
            "username": f"person{n}",
            "email": f"person{n}@portal.example",
            "password": "correct horse battery",
            "first_name": "Айнур",
            "last_name": f"Садыкова {n}",
            "is_staff": True,
            **changes,
        }
    )
    person.groups.set(Group.objects.filter(name__in=held))
    if country:
        Coordinator.objects.create(user=person, country=country)
    return person
