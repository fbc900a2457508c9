from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "yuanba.matters"
    verbose_name = "Matters"

    def ready(self) -> None:
        # The worker finds tasks.py by itself; web processes only need what guards closing an office.
        from yuanba.matters import guards  # noqa: F401 - registers itself
