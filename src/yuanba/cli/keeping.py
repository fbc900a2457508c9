"""``backup``, ``restore``, ``rekey``: the whole district in one file and back; its data under a new key."""

from collections.abc import Callable
from gettext import gettext as _
from pathlib import Path

import click

from yuanba.cli.output import emit, fail, json_option, progress

KEYS = _(
    "The archive holds no secrets. Keep secret_key and personal_data_key apart from it: "
    "without the second, names and phones in it stay unreadable."
)
OTHER_KEY = _(
    "The archive was made under another personal_data_key: names, phones and addresses can't be read. "
    "Put that key in place; --without-key says that this is wanted."
)


@click.command("backup", help=_("Write every table and stored file, as of one moment, into one archive."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup_command(file: Path, as_json: bool) -> None:
    from yuanba.kernel.keeping import backup

    with progress(file.name, 1000) as show:
        kept = backup(file, lambda done, total: show(1000 * done // max(total, 1)))
    for path in kept.missing:
        click.echo(_("Missing in the storage, so not in the archive: %(path)s") % {"path": path}, err=True)
    click.echo(KEYS, err=True)
    data = {
        "file": str(file),
        "bytes": kept.bytes,
        "tables": kept.tables,
        "rows": kept.rows,
        "files": kept.files,
        "missing": len(kept.missing),
    }
    words = _("%(rows)s rows of %(tables)s tables and %(files)s files in %(file)s")
    emit(as_json, data, words % data)


@click.command("restore", help=_("Load an archive into an empty database; all of it or nothing."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without-key", is_flag=True, help=_("Names and phones may stay unreadable."))
@json_option
def restore_command(file: Path, without_key: bool, as_json: bool) -> None:
    from yuanba.kernel.journal.verification import verify
    from yuanba.kernel.keeping import restore
    from yuanba.matters.auditing import audit

    with progress(file.name, 1000) as show:
        restored = restore(file, lambda done, total: show(1000 * done // max(total, 1)))
    if without_key and not restored.same_key:
        click.echo(OTHER_KEY, err=True)
    verified, audited = verify(), audit()
    data = {
        "tables": restored.tables,
        "rows": restored.rows,
        "files": restored.files,
        "same_key": restored.same_key,
        "entries": verified.entries,
        "broken": verified.broken,
        "checked": audited.checked,
        "breaches": audited.breaches,
    }
    lines = (
        _("%(rows)s rows of %(tables)s tables and %(files)s files restored"),
        _("%(entries)s journal entries checked, %(broken)s broken"),
        _("%(checked)s records checked, %(breaches)s breaches"),
    )
    words = "\n".join(lines) % data
    unreadable = not (restored.same_key or without_key)
    if unreadable:
        words += f"\n{OTHER_KEY}"
    (fail if unreadable or verified.broken or audited.breaches else emit)(as_json, data, words)


@click.command("rekey", help=_("Encrypt all personal data under the present key; then the old ones can go."))
@json_option
def rekey_command(as_json: bool) -> None:
    from allauth.mfa.models import Authenticator

    from yuanba.matters.actions import renew_followers
    from yuanba.people.actions import renew_encryption, renew_group_bots, renew_second_factors
    from yuanba.people.models import Person

    persons, factors = Person.objects.count(), Authenticator.objects.count()
    _to_the_end(renew_encryption)
    _to_the_end(renew_second_factors)
    _to_the_end(renew_group_bots)
    _to_the_end(renew_followers)
    words = _("%(persons)s persons and %(second_factors)s second factors are under the present key")
    data = {"persons": persons, "second_factors": factors}
    emit(as_json, data, words % data)


def _to_the_end(renew: Callable[..., int | None]) -> None:
    last: int | None = 0
    while last is not None:
        last = renew(after=last)
