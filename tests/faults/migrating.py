"""A process that brings the records up to date, and dies by SIGKILL at one statement of it.

`python -m tests.faults.migrating POINT`; with point 0 it lives and prints how many statements there
were. Each counts twice: before it is executed and after.
"""

import os
import signal
import sys

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from linkstar.cli.serve import bring_records_up_to_date


class Deaths:
    def __init__(self, point: int) -> None:
        self.steps = 0
        self._point = point
        real = SQLiteCursorWrapper.execute

        def execute(cursor, *given):
            self._pass()
            done = real(cursor, *given)
            self._pass()
            return done

        SQLiteCursorWrapper.execute = execute

    def _pass(self) -> None:
        self.steps += 1
        if self.steps == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    deaths = Deaths(int(sys.argv[1]))
    bring_records_up_to_date()
    sys.stdout.write(str(deaths.steps))
