"""The addresses of signing in: what of allauth is used here, and nothing else.

Sign-up, e-mail addresses and password reset by mail have no address at all: accounts and new passwords come
from those who manage people.
"""

from allauth.account import views
from django.urls import URLPattern, URLResolver, include, path

from yuanba.people.pages import outside

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", outside.sign_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    # Under the names that allauth looks for; before the way back that serves them all.
    *(
        path(f"outside/{suite}/back/", outside.back, {"service": suite}, name=f"{suite}_callback")
        for suite in ("weixin", "dingtalk", "feishu")
    ),
    path("outside/<slug:service>/", outside.begin, name="account_outside"),
    path("outside/<slug:service>/back/", outside.back, name="account_outside_back"),
    path("2fa/", include("allauth.mfa.urls")),
]
