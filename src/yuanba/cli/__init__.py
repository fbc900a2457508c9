"""The command line: ``yuanba``. Results go to stdout, progress to stderr, failure is a non-zero exit code."""

import os
import sys

import click

COMMANDS = {
    "up": "site",
    "migrate": "site",
    "serve": "site",
    "worker": "site",
    "demo": "site",
    "makemigrations-check": "site",
    "intake": "intake",
    "triage": "triage",
    "resolve": "places",
    "import": "places",
    "playbook": "playbooks",
    "apikey": "people",
    "connect": "people",
    "audit": "proofs",
    "recount": "proofs",
    "verify": "proofs",
    "prove": "proofs",
    "backup": "keeping",
    "restore": "keeping",
    "rekey": "keeping",
    "docs": "drawing",
}


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


@click.group(cls=Lazy, help="yuanba (院坝): a district's grassroots governance.")
@click.version_option(package_name="yuanba")
def group() -> None:
    """Set Django up before any command runs, and speak the terminal's language from then on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanba.settings")
    import django
    from django.utils import translation

    django.setup()
    from yuanba.cli.speaking import language_of

    translation.activate(language_of(os.environ))


def main() -> None:
    """Entry point of the ``yuanba`` script."""
    from yuanba.cli.output import failing_plainly

    with failing_plainly():
        group(standalone_mode=False, args=sys.argv[1:])
