"""A clock that can be moved for a whole installation: server, its processes and its worker.

Python reads this file at the start of every process that has its folder on PYTHONPATH; only the browser's
stories put it there. The product itself knows nothing of it. The file named by MOVED_CLOCK holds by how many
seconds this installation is ahead of the world, and each process says beside it what it has seen.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

LOOK_EVERY_S = 0.05


class MovedClock:
    """This process's clock, kept as far ahead of the world as the file says for as long as the process lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ahead_s = self._wanted()
        self.journey = time_machine.travel(time.time() + self.ahead_s, tick=True).start()

    def start(self) -> None:
        """Watch the file; a forked process needs a watcher of its own."""
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        seen = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        seen.write_text(str(self.ahead_s))
        while True:
            time.sleep(LOOK_EVERY_S)
            wanted_s = self._wanted()
            if wanted_s != self.ahead_s:
                self.journey.shift(wanted_s - self.ahead_s)
                self.ahead_s = wanted_s
                seen.write_text(str(self.ahead_s))

    def _wanted(self) -> float:
        return float(self.path.read_text() or 0)


if name := os.environ.get("MOVED_CLOCK"):
    clock = MovedClock(Path(name))
    clock.start()
    os.register_at_fork(after_in_child=clock.start)
