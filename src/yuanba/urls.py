"""All addresses. Each package brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
admin.site.site_title = "yuanba"
