"""The collector, with a disk that fails at will: `python -m tests.faults.collector_on_a_bad_disk`.

While a file `enospc` or `eio` stands in the data directory, writing (syncing) below it fails with
that error, as the system would report it.
"""

import errno
import os
from pathlib import Path

from linkstar.collector import serve

FOLDER = Path(os.environ["LINKSTAR_DATA"])


def failing(name: str, code: int, sign: str) -> None:
    real = getattr(os, name)

    def call(*given):
        if (FOLDER / sign).exists():
            raise OSError(code, os.strerror(code))
        return real(*given)

    setattr(os, name, call)


if __name__ == "__main__":
    failing("write", errno.ENOSPC, "enospc")
    failing("fdatasync", errno.EIO, "eio")
    failing("fsync", errno.EIO, "eio")
    serve.main()
