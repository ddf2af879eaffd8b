"""Brings the translation catalogues up to date with the source.

    python frontend/messages.py

Extracts every marked string of Python files and templates, adds new ones untranslated, drops those
nobody says any more. Nothing is guessed: there are no fuzzy entries.
"""

import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "linkstar"
LOCALES = SOURCE / "locale"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "translated": None,  # gettext beside a module that calls its lazy twin `_`
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TRANSLATED = ("zh_Hans",)

Message = tuple[str | tuple[str, ...], str | None, str]
"""What is said, its context, and the file that says it."""


def main() -> None:
    template = catalogue_of(all_messages())
    for locale in TRANSLATED:
        path = LOCALES / locale / "LC_MESSAGES" / "django.po"
        catalogue = updated(path, locale, template)
        missing = sum(not is_translated(message) for message in catalogue if message.id)
        print(f"{locale}: {len(catalogue)} messages, {missing} untranslated")


def all_messages() -> Iterator[Message]:
    """Every string marked for translation, file by file."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from extracted("python", path, path.read_bytes())
    templates = (SOURCE.rglob(f"templates/**/*.{kind}") for kind in ("html", "txt"))
    for path in sorted(chain.from_iterable(templates)):
        # templatize leaves calls of gettext and blanks the rest; not Python, but close to a script.
        calls = templatize(path.read_text())
        yield from extracted("javascript", path, calls.encode())


def extracted(method: str, path: Path, source: bytes) -> Iterator[Message]:
    found = extract(method, io.BytesIO(source), keywords=KEYWORDS, comment_tags=())
    for _line, said, _comments, context in found:
        yield said, context, path.relative_to(SOURCE).as_posix()


def catalogue_of(messages: Iterator[Message]) -> Catalog:
    catalogue = Catalog(project="LinkStar", charset="utf-8")
    for said, context, where in messages:
        flags = ["python-format"] if "%(" in str(said) else []
        catalogue.add(said, None, [(where, 0)], flags=flags, context=context)
    return catalogue


def updated(path: Path, locale: str, template: Catalog) -> Catalog:
    """The catalogue on disk with today's messages; written only when something changed."""
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(locale=locale, project="LinkStar", charset="utf-8")
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    written = as_po(catalogue)
    if not path.exists() or path.read_bytes() != written:
        path.write_bytes(written)
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """The file's text without dates, so that nothing changes when nothing changed."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def is_translated(message: object) -> bool:
    said = getattr(message, "string", "")
    return all(said) if isinstance(said, tuple) else bool(said)


if __name__ == "__main__":
    main()
