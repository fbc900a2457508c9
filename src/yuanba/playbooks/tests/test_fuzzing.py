"""Whatever a file holds, reading it ends in a playbook or in problems with places, never in a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.playbooks.check import check_source
from yuanba.playbooks.reading import read
from yuanba.playbooks.tests.conftest import EXAMPLE

SOURCE = EXAMPLE.read_text(encoding="utf-8")
LINES = SOURCE.splitlines(keepends=True)


@given(
    st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_read_without_a_crash(source: bytes) -> None:
    reading = read(source)
    assert reading.playbook is None
    assert reading.problems


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_to_a_file_ends_in_problems_or_a_playbook(data: st.DataObject) -> None:
    lines = list(LINES)
    for _times in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        damage = data.draw(st.sampled_from(["drop", "twice", "indent", "cut", "value"]))
        line = lines[number]
        lines[number] = {
            "drop": "",
            "twice": line * 2,
            "indent": "  " + line,
            "cut": line[: data.draw(st.integers(0, len(line)))],
            "value": line.partition(":")[0]
            + ": "
            + data.draw(st.sampled_from(["[]", "{}", "1", "null", "x", "'"]))
            + "\n",
        }[damage]
    report = check_source("".join(lines))
    assert (report.playbook is None) == bool(report.errors)
    assert all(problem.line >= 1 and problem.message for problem in report.errors)
