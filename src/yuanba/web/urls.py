from django.urls import path

from yuanba.web import pages

app_name = "web"

urlpatterns = [
    path("preferences/", pages.preferences, name="preferences"),
    path("help/", pages.help_index, name="help"),
    path("help/<slug:slug>/", pages.help_page, name="help_page"),
    path("style/", pages.style, name="style"),
    path("style/desk/", pages.style_desk, name="style_desk"),
    path("style/look/", pages.style_look, name="style_look"),
    path("style/error/<int:status>/", pages.style_error, name="style_error"),
]
