"""A column mapping as people type it: `impressions=Views, clicks=Taps`."""

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import gettext as _


def mapping(text: str) -> dict[str, str]:
    """Our field by each of their headers, from pairs such as `impressions=Views`.

    A pair may be turned round (`Views=impressions`) where only its second word is one of our
    fields; so a mapping copied from a report works as well.

    Raises:
        Refused: a pair has no equals sign, or one side is empty.
    """
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    return dict(_pair(pair) for pair in pairs)


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = (part.strip() for part in text.partition("="))
    if not equals or not left or not right:
        raise Refused(
            ExitCode.USAGE,
            "mapping_not_understood",
            _("“{text}” maps nothing.").format(text=text),
            _("Write pairs as field=Column header, separated by commas."),
        )
    if right in _fields() and left not in _fields():
        return left, right
    return right, left


def _fields() -> frozenset[str]:
    from linkstar.connectors.fields.catalogue import FIELDS

    return frozenset(field for fields in FIELDS.values() for field in fields)
