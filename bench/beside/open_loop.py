"""Requests on a timetable: each leaves when it is due, and waits are told from when it was due.

A sender that waits for answers before it asks again spares a slow server exactly when it is slow.
This one asks at a constant rate whatever comes back; a request for which no connection is free has
waited since it was due. It runs on the machine it measures and shares its processors.
"""

import time
from dataclasses import dataclass
from select import EPOLLIN, epoll
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket

import numpy as np
from numpy.typing import NDArray

KEPT_UP = 0.95
"""Of the wanted rate; with less, waits are those of the sender."""
NOTHING_TO_DO_SECONDS = 50e-6


class WrongAnswer(RuntimeError):
    """The server said something else than at first."""


@dataclass(frozen=True)
class Sent:
    """The rate that was reached, and the seconds each request took from when it was due."""

    wanted: float
    reached: float
    waits: NDArray[np.float64]

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
    for each in opened:
        each.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        each.settimeout(None)  # with one, Python asks the system before each call whether it may
    try:
        return _send(opened, asked, first, rate=rate, total=int(rate * seconds))
    finally:
        for each in opened:
            each.close()


def _send(opened: list[socket], asked: bytes, first: bytes, *, rate: float, total: int) -> Sent:
    status, size = first[:12], len(first)
    poll = epoll()
    by_number = {each.fileno(): each for each in opened}
    for number in by_number:
        poll.register(number, EPOLLIN)
    free, due_at, missing = list(opened), dict.fromkeys(by_number, 0.0), {}
    waits = np.zeros(total)
    begun = done = 0
    start = now = time.perf_counter()
    while done < total:
        now = time.perf_counter()
        due = min(int((now - start) * rate) + 1, total)
        while begun < due and free:
            connection = free.pop()
            number = connection.fileno()
            due_at[number], missing[number] = start + begun / rate, size
            connection.sendall(asked)
            begun += 1
        ready = poll.poll(0)
        for number, _ in ready:
            came = by_number[number].recv(1 << 16)
            if missing[number] == size and came[:12] != status:
                raise WrongAnswer(came[:200])
            missing[number] -= len(came)
            if missing[number] <= 0:
                waits[done] = time.perf_counter() - due_at[number]
                done += 1
                free.append(by_number[number])
        if not ready and (begun == total or begun >= due):
            time.sleep(NOTHING_TO_DO_SECONDS)
    poll.close()
    return Sent(rate, total / (now - start), waits)
