"""Two collectors at one port under their supervisor: `python -m tests.faults.two_collectors`.

Takes HOST and PORT. With `ONE_SOCKET` they share a socket, as where the system does not share
connections out among several.
"""

import os
import sys

from linkstar.cli import serve as supervisor
from linkstar.collector.serve import listening

WORKERS = 2

if __name__ == "__main__":
    if os.environ.get("ONE_SOCKET"):
        supervisor.listening = lambda host, port, *, workers: listening(host, port) * workers
    supervisor.serve_collectors(
        host=sys.argv[1], port=int(sys.argv[2]), workers=WORKERS, when_ready=lambda _address: None
    )
