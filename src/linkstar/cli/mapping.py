"""A column mapping as people type it: `impressions=Views, clicks=Taps`."""

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.words import gettext as _


def mapping(text: str) -> dict[str, str]:
    """Our field by each of their headers, from `field=header` pairs separated by commas.

    Raises:
        Refused: a pair has no equals sign, or one side is empty.
    """
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    return dict(_pair(pair) for pair in pairs)


def _pair(text: str) -> tuple[str, str]:
    field, equals, header = (part.strip() for part in text.partition("="))
    if not equals or not field or not header:
        raise Refused(
            ExitCode.USAGE,
            "mapping_not_understood",
            _("“{text}” maps nothing.").format(text=text),
            _("Write pairs as field=Column header, separated by commas."),
        )
    return header, field
