"""The group of all commands, each loaded when it is called."""

import os
from gettext import gettext as _

import click

from yuanba.cli import COMMANDS


class Lazy(click.Group):
    """Loads a command's module only when it is called, so that every command starts fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"yuanba.cli.{COMMANDS[cmd_name]}")
        name = cmd_name.replace("-", "_") + "_command"
        command: click.Command = getattr(module, name)
        return command


@click.group(cls=Lazy, help=_("Yuanba: a district's grassroots governance."))
@click.version_option(package_name="yuanba")
def group() -> None:
    """Set Django up before any command runs, and speak the terminal's language from then on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
    import django
    from django.utils import translation

    django.setup()
    from yuanba.cli.speaking import language_of

    translation.activate(language_of(os.environ))
