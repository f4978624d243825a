"""The report of a selection: a page to print, a PDF and a JSON file of the same."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from applications import audit
from applications.models import Call
from reviews import reporting, reportpaper


class ReportPages:
    """The report's pages of DecisionListAdmin. Each file taken enters the trail."""

    def report_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        told = reporting.report(call, at=request.arrived_at)
        return self.show(
            request, "report", title=_("Report of the selection"), call=call, told=told
        )

    def report_json_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        told = reporting.as_json(reporting.report(call, at=request.arrived_at))
        return self.file(request, call, told.encode(), "json", "application/json")

    def report_paper_view(self, request: HttpRequest, call: Call) -> HttpResponse:
        at = request.arrived_at
        paper = reportpaper.paper(call, reporting.report(call, at=at), at=at)
        return self.file(request, call, paper, "pdf", "application/pdf")

    def file(self, request, call: Call, content: bytes, ending: str, kind: str) -> HttpResponse:
        """Return a download, and note who took it."""
        with transaction.atomic():
            audit.record(
                "export.made",
                call,
                at=request.arrived_at,
                actor=request.user.get_username(),
                what=f"report.{ending}",
            )
        name = f"report-{call.slug}.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=kind, headers=headers)
