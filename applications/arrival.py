"""The instant a request arrived: read once, here, and passed down as `at`."""

from django.utils import timezone


def stamp_arrival(get_response):
    """Set `request.arrived_at`, an aware UTC datetime, before anything else happens.

    What follows may wait for a lock or a slow disk; an application that reached us in time
    stays in time.
    """

    def middleware(request):
        request.arrived_at = timezone.now()
        return get_response(request)

    return middleware
