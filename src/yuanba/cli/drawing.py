"""``docs``: the parts of the documentation that are drawn from the code itself."""

from collections.abc import Iterator
from gettext import gettext as _
from pathlib import Path

import click
from django.utils.translation import override

from yuanba.cli.output import emit, json_option
from yuanba.kernel.flow import Move

HEAD = """\
# The matter's flow

Drawn from `matters/flow.py` by `yuanba docs flow`; a test fails when this page is not current.
Change the table there, not this page.

A dashed state is an end. Moves that exist in more than five states, such as withdrawing, are left out of
the picture and stand in the table only. In the table, `resident` means the holder of the matter's secret
link; what was said in a call back may be recorded by a post with the power `receive`, outside the office that is
judged and never by a key, in the resident's words. `hide_photos` is the requester's as well. `rule` means the clock, by
a rule that the playbook publishes.
Every other name in the last column is a power that a post gives. What goes to an office that passes on and does
not claim, such as the governance centre, is `triaged` there and waits to be dispatched; with anybody else it is
`dispatched`. Approved pushing down (`decide_push_down`) makes it `dispatched` at the community.

`undo` is for whoever has just made the last move, a dispatch or a claim, within two minutes and while nothing else
has happened: the matter lies where it lay and its clock goes on as if the slip had not been. Both stay in the journal.

"""
TARGET = Path("docs/matter-flow.md")
CROWDED = 5
STAYS = "stays"
# Moves whose action chooses where they lead; all others without a target leave the state as it is.
CHOICES = {
    "dispatch": ("dispatched", "triaged"),
    "arbitrate": ("dispatched", "triaged"),
    "climb": ("dispatched", "triaged"),
    "hand_down": ("dispatched", "triaged"),
    "undo": ("triaged", "dispatched"),
    "recall": ("triaged",),
    "refuse": ("triaged", "arbitration"),
    "supply_information": ("received", "triaged", "claimed", "handling"),
    "go_on": ("received", "triaged", "claimed", "handling"),
    "confirm": ("confirmed",),
    "not_solved": ("dispatched", "triaged", "handling"),
}
# Of these each state leads to one of the choices only.
ONE_WAY = {"undo": {("dispatched", "triaged"), ("claimed", "dispatched")}}


@click.group("docs", help=_("Draw parts of the documentation from the code."))
def docs_command() -> None:
    """The group of drawing commands."""


@docs_command.command("flow", help=_("Write the matter's states and moves as a diagram and a table."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=TARGET)
@json_option
def flow(file: Path, as_json: bool) -> None:
    file.write_text(drawn_flow(), encoding="utf-8")
    emit(as_json, {"file": str(file)}, _("%(file)s is written.") % {"file": file})


def drawn_flow() -> str:
    """The whole page, in English whatever language is in force."""
    with override("en"):
        return HEAD + "\n".join([*_diagram(), "", *_table(), "", *_states()]) + "\n"


def _diagram() -> Iterator[str]:
    """A Mermaid state diagram of the moves that change the state; the table holds all."""
    from yuanba.matters.flow import ENDED, FLOW, State

    yield from ("```mermaid", "stateDiagram-v2", "    [*] --> received")
    for move in FLOW.moves.values():
        if len(move.sources) > CROWDED:
            continue
        for target in _targets(move):
            for source in State:
                led = (source, target) in ONE_WAY.get(move.name, {(source, target)})
                if led and source in move.sources and source not in {target, State.MERGED}:
                    yield f"    {source} --> {target}: {move.name}"
    for state in State:
        if state in ENDED:
            yield f"    {state} --> [*]"
    yield from (
        "    classDef ended stroke-dasharray: 5 5",
        f"    class {','.join(sorted(ENDED))} ended",
        "```",
    )


def _targets(move: Move) -> tuple[str, ...]:
    return CHOICES.get(move.name, ()) if move.target is None else (move.target,)


def _table() -> Iterator[str]:
    from yuanba.matters.flow import FLOW, State

    yield "| move | from | to | who |"
    yield "|---|---|---|---|"
    for move in FLOW.moves.values():
        everywhere = len(move.sources) == len(State)
        sources = "any" if everywhere else ", ".join(state for state in State if state in move.sources)
        targets = " or ".join(_targets(move)) or STAYS
        yield f"| `{move.name}` ({move.label}) | {sources} | {targets} | {' or '.join(move.powers)} |"


def _states() -> Iterator[str]:
    from yuanba.matters.flow import ENDED, STAGE_OF, State

    yield "| state | shown as | the stage clock runs for |"
    yield "|---|---|---|"
    for state in State:
        stage = STAGE_OF.get(state)
        clock = "it is stopped" if state in ENDED else stage.label if stage else "the stage before"
        yield f"| `{state}` | {state.label} | {clock} |"
