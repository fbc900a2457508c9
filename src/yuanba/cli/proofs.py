"""``audit``, ``verify``, ``prove``: the promises checked."""

from gettext import gettext as _

import click

from yuanba.cli.output import emit, fail, json_option, progress


@click.command("audit", help=_("Prove the matter's promises over the whole database."))
@json_option
def audit_command(as_json: bool) -> None:
    from yuanba.matters.auditing import audit
    from yuanba.matters.models import Matter

    with progress("audit", Matter.objects.count()) as show:
        result = audit(show)
    for breach in result.listed:
        click.echo(f"{breach.subject}: {breach.rule}: {breach.why}", err=True)
    data = {"checked": result.checked, "breaches": result.breaches}
    words = _("%(checked)s records checked, %(breaches)s breaches")
    (fail if result.breaches else emit)(as_json, data, words % data)


@click.command("recount", help=_("Make all counts anew from the records; stop the services first."))
@json_option
def recount_command(as_json: bool) -> None:
    from yuanba.matters.actions.counting_anew import count_anew
    from yuanba.matters.models import Matter

    with progress("recount", Matter.objects.count()) as show:
        counted = count_anew(show)
    emit(as_json, {"counted": counted}, _("%(counted)s requests counted anew") % {"counted": counted})


@click.command("verify", help=_("Re-check every journal entry, every chain and every sealed day."))
@json_option
def verify_command(as_json: bool) -> None:
    from yuanba.kernel.journal.models import Entry
    from yuanba.kernel.journal.verification import verify

    with progress("verify", Entry.objects.count()) as show:
        result = verify(show)
    for found in result.breaks:
        click.echo(f"{found.where}: {found.why}", err=True)
    data = {"entries": result.entries, "broken": result.broken, "days": result.days}
    words = _("%(entries)s entries and %(days)s sealed days checked, %(broken)s broken")
    (fail if result.broken else emit)(as_json, data, words % data)


@click.command("prove", help=_("Export the proof that one entry was in the journal on its day."))
@click.argument("entry", type=int)
@json_option
def prove_command(entry: int, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    from yuanba.kernel.journal.proof import prove

    found = prove(entry)
    click.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else found.as_json())
