"""A matter led through its life over the API."""

from dataclasses import dataclass
from typing import Any

from yuanba.demo.cast import Cast
from yuanba.matters.tests.api.conftest import TEXT, Program

REASON = "需要区里协调，社区没有这个权限。"
ANSWER = {
    "text": "三栋门口的路灯已由沙河街道更换灯泡，晚上试亮正常，请您查看。",
    "done_by": "沙河街道",
    "done_on": "2026-03-03",
    "override_reason": "测试",
}


@dataclass
class Life:
    """One matter, the program that handles it, and its resident."""

    program: Program
    number: str
    track_key: str

    @property
    def resident(self) -> Program:
        return Program(headers={"X-Track-Key": self.track_key})

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.program.get(f"/matters/{self.number}").json()
        return found

    def move(self, name: str, body: Any = None, by: Program | None = None, **headers: str) -> Any:
        return (by or self.program).post(f"/matters/{self.number}/moves/{name}", body, **headers)

    def done(self, name: str, body: Any = None, by: Program | None = None) -> dict[str, Any]:
        response = self.move(name, body, by)
        assert response.status_code == 200, (name, response.json())
        found: dict[str, Any] = response.json()
        return found

    def dispatched(self, owner: str = "shahe") -> "Life":
        self.done("dispatch", {"owner": owner, "sorting": {"category": "roads-lights", "tier": "big"}})
        return self

    def claimed(self) -> "Life":
        self.dispatched().done("claim")
        return self

    def answered(self) -> "Life":
        self.claimed().done("answer", ANSWER)
        return self


def begin(program: Program, cast: Cast, text: str = TEXT) -> Life:
    made = program.post("/matters", {"text": text, "place": {"id": cast.places["unit_2"].pk}}).json()
    return Life(program, made["number"], made["track_key"])
