"""The jury's work to take away: scores, comments and the ranking, within what a person may read."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import access
from applications.exports import CHUNK, Export, Row, Table, clock
from applications.models import Call
from reviews import ranking, stages
from reviews.models import Assignment, CriterionText, Review, Score

LAST = ranking.Rank(10**9, 10**9)  # where there is no total yet


def reads_reviews(user) -> bool:
    return user.has_perm("reviews.view_all_reviews")


def visible(user, call: Call):
    """Return the handed-in reviews of the call that `user` may read."""
    return Review.objects.of_call(call).handed_in().visible_to(user)


def scores_table(user, call: Call) -> Table:
    headings = (
        *(_("Number"), _("Juror"), _("Handed in"), _("Criterion"), _("Title"), _("Weight")),
        *(_("Score"), _("Can’t judge"), _("Comment")),
    )
    return Table(headings, scores_rows(user, call))


def scores_rows(user, call: Call) -> Iterator[Row]:
    texts = CriterionText.objects.filter(criterion__call=call, language="ru")
    titles = dict(texts.values_list("criterion", "title"))
    scores = Score.objects.filter(review__in=visible(user, call)).select_related(
        "criterion", "review__assignment__application", "review__assignment__juror"
    )
    order = ("review__assignment__application__number", "review", "criterion__position")
    for score in scores.order_by(*order).iterator(CHUNK):
        assignment = score.review.assignment
        yield (
            *(assignment.application.number, name_of(assignment.juror)),
            *(clock(score.review.submitted_at, call), score.criterion.position),
            *(titles.get(score.criterion_id, ""), score.criterion.weight),
            *(score.points, score.cant_judge, score.comment),
        )


def comments_table(user, call: Call) -> Table:
    headings = (
        *(_("Number"), _("Juror"), _("Handed in"), _("One strength")),
        *(_("One thing that would have strengthened it"), _("Comment in all")),
    )
    reviews = visible(user, call).select_related("assignment__application", "assignment__juror")
    ordered = reviews.order_by("assignment__application__number", "pk").iterator(CHUNK)
    rows = (
        (
            *(review.assignment.application.number, name_of(review.assignment.juror)),
            *(clock(review.submitted_at, call), review.strength, review.improvement),
            review.comment,
        )
        for review in ordered
    )
    return Table(headings, rows)


def name_of(user) -> str:
    return user.get_full_name() or user.get_username()


def ranking_table(user, call: Call) -> Table:
    """Return the ranking per country; equal totals share a range of ranks, as on the page."""
    headings = (
        *(_("Country"), _("Rank from"), _("Rank to"), _("Number"), _("Outlet"), _("Total")),
        *(_("Reviews"), _("Spread")),
    )
    return Table(headings, ranking_rows(user, call))


def ranking_rows(user, call: Call) -> Iterator[Row]:
    conflicts = Assignment.objects.filter(juror=user, conflict=True, application=OuterRef("pk"))
    listed = stages.with_stage(access.applications_for_staff(user).of_call(call))
    listed = listed.filter(~Exists(conflicts)).submitted().exclude(stage=stages.Stage.INELIGIBLE)
    by_key = {application.pk: application for application in listed}
    totals = stages.totals_of(by_key, user)
    countries = sorted({application.outlet.country for application in by_key.values()})
    for country in countries:
        means = {
            pk: totals[pk].mean
            for pk, application in by_key.items()
            if application.outlet.country == country
        }
        ranks = ranking.ranks(means)
        for pk in sorted(means, key=lambda pk: (ranks.get(pk, LAST), by_key[pk].number)):
            rank, application = ranks.get(pk), by_key[pk]
            yield (
                *(country, rank and rank.first, rank and rank.last, application.number),
                *(application.outlet.display_name, means[pk], len(totals[pk].of_jurors)),
                ranking.spread(totals[pk].of_jurors),
            )


EXPORTS = (
    Export("scores", gettext_lazy("Scores"), reads_reviews, scores_table),
    Export("comments", gettext_lazy("Comments"), reads_reviews, comments_table),
    Export("ranking", gettext_lazy("Ranking"), reads_reviews, ranking_table),
)
