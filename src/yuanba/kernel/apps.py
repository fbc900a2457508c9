from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yuanba.kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        from yuanba.kernel import tasks  # noqa: F401 - registers the kernel's jobs
