"""``apikey``: access for programs. ``connect``: whom an outside service lets in."""

import click
from django.utils import timezone

from yuanba.cli.output import emit, json_option
from yuanba.kernel.authority import system


@click.group("apikey", help="Access for programs.")
def apikey_command() -> None:
    """The group of key commands."""


@apikey_command.command("create", help="Make a key and print it, once.")
@click.option("--scope", "scopes", multiple=True, required=True, help="May be given several times.")
@click.option("--label", default="command line", show_default=True)
@click.option(
    "--organization", "organization", default="", help="Code of the organization the key works for."
)
@json_option
def create(scopes: tuple[str, ...], label: str, organization: str, as_json: bool) -> None:
    from yuanba.people.actions import create_api_key
    from yuanba.people.models import Organization

    office = None
    if organization:
        office = Organization.objects.filter(code=organization).first()
        if office is None:
            raise click.BadParameter(
                f"no organization has the code {organization}", param_hint="--organization"
            )
    row, secret = create_api_key(
        label=label, scopes=scopes, organization=office, actor=system("cli"), at=timezone.now()
    )
    emit(as_json, {"key": secret, "prefix": row.prefix, "scopes": row.scopes}, secret)


@apikey_command.command("revoke", help="End a key by its prefix.")
@click.argument("prefix")
@json_option
def revoke(prefix: str, as_json: bool) -> None:
    from yuanba.people.actions import revoke_api_key
    from yuanba.people.models import ApiKey

    row = ApiKey.objects.filter(prefix=prefix).first()
    if row is None:
        raise click.BadParameter(f"no key begins with {prefix}", param_hint="PREFIX")
    revoke_api_key(row.pk, actor=system("cli"), at=timezone.now())
    emit(as_json, {"revoked": prefix}, f"{prefix} is revoked")


@click.command("connect", help="Let whoever is SUBJECT at the outside SERVICE sign in as USERNAME.")
@click.argument("username")
@click.argument("service")
@click.argument("subject")
@json_option
def connect_command(username: str, service: str, subject: str, as_json: bool) -> None:
    from yuanba.people.actions import connect_outside
    from yuanba.people.models import Account

    account = Account.objects.filter(username=username).first()
    if account is None:
        raise click.BadParameter(f"no account is called {username}", param_hint="USERNAME")
    connect_outside(account.pk, service, subject, actor=system("cli"), at=timezone.now())
    emit(as_json, {"connected": username, "service": service}, f"{username} can sign in with {service}")
