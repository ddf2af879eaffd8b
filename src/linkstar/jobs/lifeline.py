"""A child process ends when the supervisor that started it is gone, however that one ended."""

import os
import signal
import sys
import threading


def end_with_supervisor() -> None:
    """Watch standard input, whose other end the supervisor holds open for as long as it lives."""
    threading.Thread(target=_wait_for_the_end, name="lifeline", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
