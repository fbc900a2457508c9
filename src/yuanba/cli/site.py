"""``up``, ``migrate``, ``serve``, ``worker``, ``demo``: a running district."""

from gettext import gettext as _

import click
from django.conf import settings
from django.core.management import call_command

from yuanba.cli.output import emit, json_option
from yuanba.cli.speaking import in_the_districts_words


@click.command("migrate", help=_("Bring the database to this version's shape."))
@json_option
def migrate_command(as_json: bool) -> None:
    _migrate()
    emit(as_json, {"migrated": True}, _("The database is up to date."))


def _migrate() -> None:
    from yuanba.kernel.presence import keep_private
    from yuanba.matters.actions.reclocking import reclock

    keep_private()
    call_command("migrate", interactive=False, verbosity=0)
    # A new version may bring the holidays of another year: deadlines shown must be those that it gives.
    reclock()


@click.command("makemigrations-check", help=_("Fail when a model has changed without a migration."))
def makemigrations_check_command() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@click.command("demo", help=_("Build the demo district in an empty database."))
@click.option("--reset", is_flag=True, help=_("Remove the demo first, with its files, and start over."))
@click.option(
    "--yes", "named", default="", metavar="NAME", help=_("Remove even the real district of this name.")
)
@json_option
def demo_command(reset: bool, named: str, as_json: bool) -> None:
    from yuanba.demo.district import build_demo
    from yuanba.demo.resetting import remove_district

    if reset:
        remove_district(named)
    _migrate()
    built = build_demo()
    emit(as_json, {"matters": built.matters, "people": len(built.people)}, built.words)


@click.command("up", help=_("Everything for a first look: database, demo district, web server and worker."))
def up_command() -> None:
    from yuanba.cli.serving import check_files, check_port_free, serve
    from yuanba.kernel.presence import be_present
    from yuanba.people.models import Account

    check_port_free()
    be_present()
    _migrate()
    check_files()
    if not Account.objects.exists():
        _populate()
    _greet()
    serve()


def _populate() -> None:
    if settings.DEMO:
        from yuanba.demo.district import build_demo

        click.echo(_("Building the demo district …"), err=True)
        click.echo(build_demo().words, err=True)
    else:
        from yuanba.demo.empty import build_empty

        click.echo(build_empty(settings.PLAYBOOK), err=True)


def _greet() -> None:
    click.echo("\n" + _("Yuanba is at %(address)s") % {"address": settings.BASE_URL} + "\n")
    if settings.DEMO:
        from yuanba.demo.district import introduction

        click.echo(introduction())


@click.command("serve", help=_("Run the web server; with the embedded database, its worker as well."))
def serve_command() -> None:
    from yuanba.cli.serving import check_files, check_migrated, check_port_free, serve
    from yuanba.kernel.presence import be_present

    check_port_free()
    be_present()
    check_migrated()
    check_files()
    serve()


@click.command("worker", help=_("Deliver notices, make suggestions, watch the clocks, until stopped."))
def worker_command() -> None:
    from yuanba.cli.serving import check_files, check_migrated
    from yuanba.kernel.following import follow
    from yuanba.kernel.presence import be_present
    from yuanba.kernel.worker import run_worker

    follow()
    be_present()
    check_migrated()
    check_files()
    with in_the_districts_words():
        run_worker()
