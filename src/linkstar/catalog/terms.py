"""The terms of the affiliate service, by version: text files named for the day they begin."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SHIPPED = Path(__file__).with_name("terms")
LANGUAGES = ("en", "zh-hans")


class TermsOutdated(ValueError):
    """The terms that were read are not the ones that hold now."""

    code = "service.terms_outdated"


@dataclass(frozen=True, slots=True)
class Terms:
    """One version: its day as the version's name, its text by language, a digest over all."""

    version: str
    texts: dict[str, str]
    sha256: str

    def paragraphs(self, language: str) -> list[str]:
        return [part for part in self.texts[language].split("\n\n") if part.strip()]


def terms_on(on: date, *, own: Path) -> Terms:
    """The newest version that has begun; before the first one, the first one.

    Args:
        on: the day.
        own: a folder of whoever runs the installation; if it holds texts they alone count.
    """
    folder = own if any(own.glob("*.en.txt")) else SHIPPED
    versions = sorted(path.name.removesuffix(".en.txt") for path in folder.glob("*.en.txt"))
    begun = [version for version in versions if version <= on.isoformat()]
    return _read(folder, begun[-1] if begun else versions[0])


def _read(folder: Path, version: str) -> Terms:
    texts = {
        language: (folder / f"{version}.{language}.txt").read_text(encoding="utf-8").strip()
        for language in LANGUAGES
    }
    digest = hashlib.sha256("\0".join(texts[language] for language in LANGUAGES).encode())
    return Terms(version, texts, digest.hexdigest())
