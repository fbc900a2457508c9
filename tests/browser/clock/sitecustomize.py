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


def follow(path: Path) -> None:
    """Keep this process as far ahead of the world as the file says, for as long as it lives."""
    world_s = time.time
    ahead_s = _read(path)
    journey = time_machine.travel(world_s() + ahead_s, tick=True).start()
    seen = path.with_name(f"{path.name}.{os.getpid()}")
    seen.write_text(str(ahead_s))
    while True:
        time.sleep(LOOK_EVERY_S)
        wanted_s = _read(path)
        if wanted_s != ahead_s:
            journey.shift(wanted_s - ahead_s)
            ahead_s = wanted_s
            seen.write_text(str(ahead_s))


def _read(path: Path) -> float:
    return float(path.read_text() or 0)


if name := os.environ.get("MOVED_CLOCK"):
    threading.Thread(target=follow, args=(Path(name),), daemon=True).start()
