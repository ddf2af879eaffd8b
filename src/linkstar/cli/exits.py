"""How a command ends: its exit code, and what it says when it refuses."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script can rely on."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    NO_PERMISSION = 4
    CONFLICT = 5
    REJECTED_IN_PART = 6
    CHECK_FAILED = 7
    TRY_LATER = 75
    INTERRUPTED = 130


class Refused(Exception):
    """A command cannot do what was asked.

    `name` is stable and can be searched for; `what` and `advice` are sentences in the language
    spoken: what went wrong and why, and what to do about it.
    """

    def __init__(self, code: ExitCode, name: str, what: str, advice: str = "") -> None:
        super().__init__(code, name, what, advice)
        self.code = code
        self.name = name
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} [{self.name}]"
