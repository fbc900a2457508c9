from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "yuanba.places"
    verbose_name = _("Places")

    def ready(self) -> None:
        """Have playbooks checked against the places that stand."""
        from yuanba.places import belonging  # noqa: F401
