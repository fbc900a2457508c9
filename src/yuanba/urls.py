"""All addresses. Each package brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from yuanba.matters.pages import operating, resident

handler500 = "yuanba.failing.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", resident.home, name="home"),
    path("", include("yuanba.matters.urls")),
    path("", include("yuanba.web.urls")),
    path("api/v1/", include("yuanba.matters.api.urls")),
    path("open311/v2/", include("yuanba.matters.open311.urls")),
    path("places/", include("yuanba.places.urls")),
    path("people/", include("yuanba.people.urls")),
    path("accounts/", include("yuanba.people.signin_urls")),
    path("backoffice/", admin.site.urls),
    path("health/live", operating.live, name="live"),
    path("health/ready", operating.ready, name="ready"),
    path("metrics", operating.show_metrics, name="metrics"),
]
