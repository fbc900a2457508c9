"""Clients under whose load things are killed, and what must hold afterwards."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from tests.operations.installation import Installation

CLIENTS = 4
FLOWING = 12
KEPT = (
    "import django; django.setup()\n"
    "from yuanba.matters.models import Matter\n"
    "import json\n"
    "print(json.dumps([(matter.number, matter.text) for matter in Matter.objects.all()]))"
)
STAMPS = (
    "import django; django.setup()\n"
    "from yuanba.matters.models import Matter, Suggestion\n"
    "from yuanba.kernel.outbox.models import Message\n"
    "print(Matter.objects.filter(suggestion=None, part_of=None).count(), Message.objects.count())"
)


def all_done(district: Installation) -> bool:
    """Every matter has its suggestion, and no message waits."""
    return district.python(STAMPS).split() == ["0", "0"]


def until(true: Callable[[], bool], what: str, within_s: float = 20.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


class Load:
    """Clients that report without pause and remember what was acknowledged."""

    def __init__(self, district: Installation, key: str) -> None:
        self.district, self.key = district, key
        self.acknowledged: list[str] = []
        self.stopping = threading.Event()

    def client(self, number: int) -> None:
        sent = 0
        while not self.stopping.is_set():
            sent += 1
            body = {
                "text": f"第{number}号第{sent}次：三栋门口的路灯坏了。",
                "place": {"code": "500101005000"},
            }
            try:
                status, answer = self.district.request(
                    "/api/v1/matters", body, Authorization=f"Bearer {self.key}"
                )
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            if status == 201:
                self.acknowledged.append(json.loads(answer)["number"])

    def flow(self, more: int = FLOWING) -> None:
        """Wait until so many more were acknowledged: the machine may be busy with other things."""
        enough = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= enough, "hardly anything is acknowledged", 40)

    def run_while(self, work: Callable[[], object]) -> list[str]:
        """Send until `work` is done; returns the numbers of what was acknowledged."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self.client, number) for number in range(CLIENTS)]
            try:
                work()
            finally:
                self.stopping.set()
        for client in clients:
            client.result()
        return self.acknowledged


def assert_all_there(district: Installation, acknowledged: list[str]) -> None:
    assert len(set(acknowledged)) == len(acknowledged)
    kept = json.loads(district.python(KEPT))
    assert set(acknowledged) <= {number for number, _text in kept}
    # No client sends a text twice, so one that is there twice was written twice.
    assert not [text for text, times in Counter(text for _number, text in kept).items() if times > 1]
    assert district.answer("verify")["broken"] == 0
