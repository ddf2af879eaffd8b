"""Requests on a timetable: each leaves when it is due, and waits are told from when it was due.

A sender that waits for answers before it asks again spares a slow server exactly when it is slow.
This one asks at a constant rate whatever comes back; a request for which no connection is free has
waited since it was due. It runs on the machine it measures and shares its processors, so what it is
late by itself is told apart: a request that could have been sent waits from when it was, and an
answer has come when the system took it in, not when the sender got round to reading it. So it can
let others go first: what it asks of the processors is not what the server is measured by.
"""

import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from select import EPOLLIN, epoll
from socket import IPPROTO_TCP, SOL_SOCKET, TCP_NODELAY, create_connection, socket

import numpy as np
from numpy.typing import NDArray

KEPT_UP = 0.95
"""Of the wanted rate; with less, waits are those of the sender."""
NOTHING_TO_DO_SECONDS = 50e-6
SO_TIMESTAMPNS = 35
"""Linux: with what is read comes when it was taken in, by the clock of the day."""
STAMP = struct.Struct("@qq")


class WrongAnswer(RuntimeError):
    """The server said something else than at first."""


@dataclass(frozen=True)
class Sent:
    """The rate that was reached.

    Attributes:
        wanted: requests per second.
        reached: the same, as it came out.
        waits: seconds from when each request was due, or could be sent, to its answer.
        lates: seconds by which the sender itself was late with each.
    """

    wanted: float
    reached: float
    waits: NDArray[np.float64]
    lates: NDArray[np.float64]

    @property
    def kept_up(self) -> bool:
        return self.reached >= self.wanted * KEPT_UP


def request(method: str, path: str, body: bytes = b"", *, key: str = "") -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "User-Agent: Mozilla/5.0 (bench)"]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head += [f"Authorization: Bearer {key}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answer_to(port: int, asked: bytes) -> bytes:
    """One answer, to know what all the others must look like."""
    with create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(asked)
        time.sleep(0.5)
        return connection.recv(1 << 20)


def send(port: int, asked: bytes, *, rate: float, seconds: float, connections: int) -> Sent:
    """Ask at this rate for so long.

    Raises:
        WrongAnswer: another status than that of the first answer.
    """
    first = answer_to(port, asked)
    opened = [create_connection(("127.0.0.1", port), timeout=10) for _ in range(connections)]
    _be_known(opened, asked, len(first))
    for each in opened:
        each.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        if sys.platform == "linux":
            each.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
        each.settimeout(None)  # with one, Python asks the system before each call whether it may
    try:
        with _giving_way():
            return _send(opened, asked, first, rate=rate, total=int(rate * seconds))
    finally:
        for each in opened:
            each.close()


def _be_known(opened: list[socket], asked: bytes, size: int) -> None:
    """One answer over each connection before the clock starts: opening them is not measured."""
    for each in opened:
        each.sendall(asked)
    for each in opened:
        left = size
        while left > 0:
            left -= len(each.recv(1 << 16))


@contextmanager
def _giving_way() -> Iterator[None]:
    """Linux: this process does not interrupt others when it wakes up."""
    if sys.platform != "linux":
        yield
        return
    usual = os.sched_getscheduler(0)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        os.sched_setscheduler(0, usual, os.sched_param(0))


def _send(opened: list[socket], asked: bytes, first: bytes, *, rate: float, total: int) -> Sent:
    status, size = first[:12], len(first)
    poll = epoll()
    by_number = {each.fileno(): each for each in opened}
    for number in by_number:
        poll.register(number, EPOLLIN)
    free, begun_at, missing = list(opened), dict.fromkeys(by_number, 0.0), {}
    waits, lates = np.zeros(total), np.zeros(total)
    begun = done = without = 0
    start = now = time.time()
    while done < total:
        now = time.time()
        due = min(int((now - start) * rate) + 1, total)
        while begun < due and free:
            connection = free.pop()
            number = connection.fileno()
            due_at, at = start + begun / rate, time.time()
            has_waited = begun < without
            lates[begun] = 0.0 if has_waited else at - due_at
            begun_at[number], missing[number] = due_at if has_waited else at, size
            connection.sendall(asked)
            begun += 1
        if begun < due:
            without = due  # these wait for the server, since they were due
        ready = poll.poll(0)
        for number, _ in ready:
            came, told, _, _ = by_number[number].recvmsg(1 << 16, 64)
            if missing[number] == size and came[:12] != status:
                raise WrongAnswer(came[:200])
            missing[number] -= len(came)
            if missing[number] <= 0:
                waits[done] = _taken_in(told) - begun_at[number]
                done += 1
                free.append(by_number[number])
        if not ready and (begun == total or begun >= due):
            time.sleep(NOTHING_TO_DO_SECONDS)
    poll.close()
    return Sent(rate, total / (now - start), waits, lates)


def _taken_in(told: list[tuple[int, int, bytes]]) -> float:
    """When the system took in what was read; now, where it does not say."""
    for _level, kind, stamp in told:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = STAMP.unpack(stamp)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
