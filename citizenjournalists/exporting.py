"""The page on which staff take tables away. Taking is a POST: it leaves an entry in the trail."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from applications import exports
from applications.seasons import call_of, calls_at_hand
from reviews import exports as jury

EXPORTS = (*exports.EXPORTS, *jury.EXPORTS)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exports_view(request, site):
    """Show what may be taken away of which call; POST hands it over."""
    offered = [export for export in EXPORTS if export.allowed(request.user)]
    if not offered:
        raise PermissionDenied
    call = call_of(request, request.arrived_at)
    if request.method == "POST" and call:
        return hand_over(request, offered, call)
    context = {**site.each_context(request), "title": _("Exports"), "call": call}
    context |= {"exports": offered, "calls": calls_at_hand(request)}
    return TemplateResponse(request, "admin/exports.html", context)


def hand_over(request, offered, call):
    """Return the file that was asked for, if it is among what this person may have."""
    export = {one.key: one for one in offered}.get(request.POST.get("what"))
    kind = request.POST.get("kind")
    if export is None or kind not in ("csv", "xlsx"):
        raise PermissionDenied
    exports.note(export, call, kind=kind, by=request.user, at=request.arrived_at)
    table, name = export.table(request.user, call), f"{export.key}-{call.slug}.{kind}"
    if kind == "xlsx":
        file = exports.as_xlsx(table)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(exports.as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
