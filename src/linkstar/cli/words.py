"""The language of the command line: the same catalogue as the pages, without loading Django."""

import gettext as catalogues
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

Language = Literal["zh", "en"]

LOCALE: Final = Path(__file__).resolve().parent.parent / "locale"
_ASKED_BY: Final = ("LINKSTAR_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_spoken: catalogues.NullTranslations = catalogues.NullTranslations()


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """`--lang` wins, then the environment; English where nothing speaks for Chinese."""
    for before, word in zip(["", *arguments], arguments, strict=False):
        if before == "--lang" or word.startswith("--lang="):
            return "zh" if word.removeprefix("--lang=").lower().startswith("zh") else "en"
    asked = next((environment[name] for name in _ASKED_BY if environment.get(name)), "")
    return "zh" if asked.lower().startswith("zh") else "en"


def speak(language: Language) -> None:
    """Use this language from now on, also for the words of the library that parses arguments."""
    global _spoken  # noqa: PLW0603  # a process speaks one language, chosen before anything is said
    folders = ["zh_Hans"] if language == "zh" else ["en"]
    _spoken = catalogues.translation("django", LOCALE, languages=folders, fallback=True)
    os.environ["LANGUAGE"] = folders[0]
    catalogues.bindtextdomain("django", str(LOCALE))
    catalogues.textdomain("django")


def gettext(message: str) -> str:
    """The message in the language spoken; English where it is not translated."""
    return _spoken.gettext(message)


def _library_words() -> tuple[str, ...]:
    """Said by the argument parser; named here so that they are translated with the rest."""
    return (
        gettext("Arguments"),
        gettext("Options"),
        gettext("Commands"),
        gettext("required"),
        gettext("default: {default}"),
        gettext("env var: {var}"),
        gettext("Missing command."),
        gettext("No such command {name!r}."),
    )


def spoken_code() -> str:
    """The language spoken, as the records spell it."""
    return "zh-hans" if os.environ.get("LANGUAGE") == "zh_Hans" else "en"
