from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yuanba.kernel"
    verbose_name = "Kernel"
