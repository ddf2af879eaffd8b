"""Turns words from the command line into the values questions are made of."""

from enum import StrEnum
from typing import TypeVar

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import gettext as _

Choice = TypeVar("Choice", bound=StrEnum)


def choice(kind: type[Choice], word: str, option: str) -> Choice:
    """The member of that name.

    Raises:
        Refused: there is none such; the answer lists those there are.
    """
    try:
        return kind(word.strip().lower().replace("-", "_"))
    except ValueError as unknown:
        raise Refused(
            ExitCode.USAGE,
            "choice_unknown",
            _("{option} knows no “{word}”.").format(option=option, word=word),
            _("Choose one of: {names}").format(names=", ".join(kind)),
        ) from unknown


def choice_or_none(kind: type[Choice], word: str, option: str) -> Choice | None:
    """The member of that name; None where the option was left out."""
    return choice(kind, word, option) if word else None
