from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from applications.views import languages

urlpatterns = [
    path("", languages.root, name="root"),
    path("language/<slug:code>/", languages.choose, name="language"),
    path("admin/", admin.site.urls),
]
urlpatterns += i18n_patterns(path("", include("applications.urls")), prefix_default_language=True)
