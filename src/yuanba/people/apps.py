from django.apps import AppConfig, apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "yuanba.people"
    verbose_name = _("People and posts")

    def ready(self) -> None:
        """Give the sign-in log's heading in the back office a name of ours; its package has none in Chinese. And take
        allauth's pages of outside accounts out of it: they write without the journal.
        """
        apps.get_app_config("axes").verbose_name = _("Sign-ins")
        admin.site.unregister(apps.get_app_config("socialaccount").get_models())
