"""The command line: ``yuanba``. Results go to stdout, progress to stderr, failure is a non-zero exit code."""

import sys

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


def main() -> None:
    """Entry point of the ``yuanba`` script."""
    from yuanba.cli.speaking import speak_from_the_start

    # Before all else is loaded: texts of options are put into the terminal's language as they are declared.
    speak_from_the_start()
    from yuanba.cli.commands import group
    from yuanba.cli.output import failing_plainly

    with failing_plainly():
        group(standalone_mode=False, args=sys.argv[1:])
