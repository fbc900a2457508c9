"""All addresses. Each package brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from yuanba.matters.pages import resident

urlpatterns: list[URLPattern | URLResolver] = [
    path("", resident.home, name="home"),
    path("", include("yuanba.matters.urls")),
    path("", include("yuanba.web.urls")),
    path("api/v1/", include("yuanba.matters.api.urls")),
    path("people/", include("yuanba.people.urls")),
    path("accounts/", include("yuanba.people.signin_urls")),
    path("backoffice/", admin.site.urls),
]
