"""Response headers that every page carries."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; manifest-src 'self'"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def security_headers(get_response):
    """Hold every page, the admin included, to scripts and styles of our own files.

    A page that doesn't say who may keep it is private: no cache keeps it, no search engine
    lists it. Its address is told to no other site (SECURE_REFERRER_POLICY is "same-origin";
    "no-referrer" would make browsers send forms with `Origin: null`, which CSRF refuses).
    """

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware
