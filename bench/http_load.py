"""A small load generator: keep-alive connections, one request after the other on each, times in milliseconds."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Times:
    """How long requests took, and how many answered with something else than was expected."""

    milliseconds: list[float] = field(default_factory=list)
    failures: int = 0
    first_failure: str = ""

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0

    def summary(self, prefix: str = "") -> dict[str, float | int | str]:
        """Median and slowest hundredth in milliseconds, and what failed."""
        return {
            f"{prefix}p50_ms": self.percentile(0.5),
            f"{prefix}p99_ms": self.percentile(0.99),
            "failures": self.failures,
            "first_failure": self.first_failure,
        }

    def add(self, started: float, status: int, expected: int, body: bytes) -> None:
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        if status != expected:
            self.failures += 1
            self.first_failure = self.first_failure or f"{status} {body[:300]!r}"


class Connection:
    """One HTTP/1.1 connection to the server under test."""

    def __init__(self, host: str, port: int, number: int = 0) -> None:
        self.host, self.port, self.number = host, port, number

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def request(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        length = 0
        for line in head.split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "transfer-encoding":
                return status, await self._chunks()
        return status, await self.reader.readexactly(length)

    async def _chunks(self) -> bytes:
        parts = []
        while size := int((await self.reader.readline()).strip() or b"0", 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    async def json(
        self, method: str, path: str, headers: dict[str, str], body: Any = None
    ) -> tuple[int, bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        return await self.request(method, path, headers | {"Content-Type": "application/json"}, data)


async def drive(
    host: str, port: int, connections: int, seconds: float, work: Callable[[Connection], Awaitable[int]]
) -> tuple[int, float]:
    """Run `work` over and over on each connection for `seconds`; returns how many were done, and the time it took."""
    done = 0
    started = time.perf_counter()

    async def one(number: int) -> None:
        nonlocal done
        connection = Connection(host, port, number)
        await connection.open()
        while time.perf_counter() - started < seconds:
            finished = await work(connection)
            done += finished

    await asyncio.gather(*(one(number) for number in range(connections)))
    return done, time.perf_counter() - started
