from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from applications.views import crawlers, languages, mailevents, starting

urlpatterns = [
    path("", languages.root, name="root"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("language/<slug:code>/", languages.choose, name="language"),
    path("z/<str:token>", starting.open_link, name="open_link"),
    path("admin/account/", include("citizenjournalists.signin.urls")),
    path("admin/", admin.site.urls),
]
if settings.ANYMAIL.get("WEBHOOK_SECRET"):
    urlpatterns += [mailevents.address_of(settings.MAIL_PROVIDER)]
urlpatterns += i18n_patterns(path("", include("applications.urls")), prefix_default_language=True)

handler400 = "applications.views.errors.bad_request"
handler403 = "applications.views.errors.forbidden"
handler404 = "applications.views.errors.not_found"
handler500 = "applications.views.errors.server_error"
