"""What is taken out of a request before anything reads it."""

from django.http import HttpRequest, QueryDict
from django.urls import reverse


def drop_nul(get_response):
    """Drop NUL bytes: nobody types them, and no text in PostgreSQL can hold one.

    Out of every query, and out of forms on the staff's side; an applicant's answers are cleaned
    where they are read, with whatever else can't be kept.
    """

    def middleware(request: HttpRequest):
        request.GET = without_nul(request.GET)
        if request.method == "POST" and request.path_info.startswith(reverse("admin:index")):
            request.POST = without_nul(request.POST)
        return get_response(request)

    return middleware


def without_nul(sent: QueryDict) -> QueryDict:
    if not any("\0" in text for name, texts in sent.lists() for text in (name, *texts)):
        return sent
    clean = QueryDict(mutable=True)
    for name, texts in sent.lists():
        clean.setlist(name.replace("\0", ""), [text.replace("\0", "") for text in texts])
    return clean
