"""Processes that end with the one that started them: a killed server leaves nobody behind on its port."""

import os
import threading
import time

LED_BY = "YUANBA_LED_BY"
LOOK_S = 0.5


def lead() -> None:
    """From now on, processes that this one starts and that call `follow` end when this one does."""
    os.environ[LED_BY] = str(os.getpid())


def follow() -> None:
    """End this process when the one that leads it is gone; nothing happens where none leads.

    It ends at once, as if killed: what was not committed was not acknowledged either.
    """
    leader = os.environ.get(LED_BY, "")
    if leader.isdigit() and int(leader) != os.getpid():
        threading.Thread(target=_watch, args=(int(leader),), name="follow", daemon=True).start()


def _watch(leader: int) -> None:
    while os.getppid() == leader:
        time.sleep(LOOK_S)
    os._exit(1)
