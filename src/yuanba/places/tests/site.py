"""The site's addresses with those of places at their place."""

from django.urls import include, path

urlpatterns = [path("places/", include("yuanba.places.urls")), path("", include("yuanba.urls"))]
