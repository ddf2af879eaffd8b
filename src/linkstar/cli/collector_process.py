"""One of the collector's processes, as a child of `linkstar serve` or `linkstar collector`.

`python -m linkstar.cli.collector_process HANDLE WORKERS`: the open port, as the supervisor hands it
down, and how many answer at it. It ends with the supervisor.
"""

import socket
import sys

from linkstar.collector import serve
from linkstar.jobs.lifeline import end_with_supervisor

if __name__ == "__main__":
    end_with_supervisor()
    handle, workers = map(int, sys.argv[1:3])
    serve.run(socket.socket(fileno=handle), workers=workers)
