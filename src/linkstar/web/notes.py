"""What must be known beside the figures, as sentences."""

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.insights.answers import Note, NoteKind
from linkstar.insights.questions import Source
from linkstar.lake.selection import LeftOutReason
from linkstar.stats.ctr import Definition
from linkstar.web import formats
from linkstar.web.labels import DEFINITIONS, SOURCES

Facts = dict[str, int | float | str]


def sentences(notes: Sequence[Note], language: str) -> list[str]:
    """Every note worth a sentence; those that the page says by itself are left out."""
    written = (WRITERS[note.kind](dict(note.facts), language) for note in notes)
    return [sentence for sentence in written if sentence]


def _silent(_facts: Facts, _language: str) -> str:
    return ""


def _other_definition(facts: Facts, _language: str) -> str:
    known = [str(DEFINITIONS[Definition(d)]) for d in str(facts["definitions"]).split(", ") if d]
    return _("The benchmark has no figures for %(asked)s; it has them for: %(known)s.") % {
        "asked": DEFINITIONS[Definition(str(facts["definition"]))],
        "known": ", ".join(known) or "–",
    }


def _other_source(facts: Facts, language: str) -> str:
    return _(
        "There are also %(impressions)s impressions from %(source)s on these days;"
        " they are not added, because the same clicks may be in both."
    ) % {
        "impressions": formats.whole(facts["impressions"], language),
        "source": SOURCES[Source(str(facts["source"]))],
    }


def _windows_left_out(facts: Facts, language: str) -> str:
    windows = int(facts["windows"])
    return LEFT_OUT[LeftOutReason(str(facts["reason"]))](windows) % {
        "windows": formats.whole(windows, language),
        "impressions": formats.whole(facts["impressions"], language),
    }


LEFT_OUT: dict[LeftOutReason, Callable[[int], str]] = {
    LeftOutReason.OUTSIDE_PERIOD: lambda n: ngettext(
        "%(windows)s export window lies outside these days (%(impressions)s impressions).",
        "%(windows)s export windows lie outside these days (%(impressions)s impressions).",
        n,
    ),
    LeftOutReason.CROSSES_PERIOD: lambda n: ngettext(
        "%(windows)s export window reaches beyond these days and was not counted"
        " (%(impressions)s impressions): an export cannot be cut. Choose days that hold it.",
        "%(windows)s export windows reach beyond these days and were not counted"
        " (%(impressions)s impressions): an export cannot be cut. Choose days that hold them.",
        n,
    ),
    LeftOutReason.OVERLAPS: lambda n: ngettext(
        "%(windows)s export window overlaps others and was not counted twice"
        " (%(impressions)s impressions).",
        "%(windows)s export windows overlap others and were not counted twice"
        " (%(impressions)s impressions).",
        n,
    ),
    LeftOutReason.LONGER_THAN_WEEK: lambda n: ngettext(
        "%(windows)s export window is longer than a week and has no place in a weekly trend"
        " (%(impressions)s impressions).",
        "%(windows)s export windows are longer than a week and have no place in a weekly trend"
        " (%(impressions)s impressions).",
        n,
    ),
    LeftOutReason.OTHER_SPLIT: lambda n: ngettext(
        "%(windows)s export window is split another way (%(impressions)s impressions).",
        "%(windows)s export windows are split another way (%(impressions)s impressions).",
        n,
    ),
    LeftOutReason.OTHER_LEVEL: lambda n: ngettext(
        "%(windows)s export window tells the same by another level and was not added"
        " (%(impressions)s impressions).",
        "%(windows)s export windows tell the same by another level and were not added"
        " (%(impressions)s impressions).",
        n,
    ),
}


def _rolled_up(facts: Facts, language: str) -> str:
    rows = int(facts["rows"])
    return ngettext(
        "%(rows)s row is compared with a wider category, because its own has no published"
        " benchmark.",
        "%(rows)s rows are compared with a wider category, because their own has no published"
        " benchmark.",
        rows,
    ) % {"rows": formats.whole(rows, language)}


def _partly_covered(facts: Facts, language: str) -> str:
    return _(
        "A benchmark exists for %(share)s of the impressions; the others have no part in uplift."
    ) % {"share": formats.share(facts["share"], language)}


def _period_differs(facts: Facts, language: str) -> str:
    days = formats.days(
        date.fromisoformat(str(facts["starts_on"])),
        date.fromisoformat(str(facts["ends_before"])),
        language,
    )
    return _("The benchmark covers %(days)s.") % {"days": days}


def _clicks_derived(facts: Facts, language: str) -> str:
    rows = int(facts["rows"])
    return ngettext(
        "In %(rows)s row clicks were worked out from the CTR the platform printed, because the"
        " file has no clicks.",
        "In %(rows)s rows clicks were worked out from the CTR the platform printed, because the"
        " file has no clicks.",
        rows,
    ) % {"rows": formats.whole(rows, language)}


def _without_key(facts: Facts, language: str) -> str:
    return _("%(impressions)s impressions belong to no row of this table.") % {
        "impressions": formats.whole(facts["impressions"], language)
    }


def _own_history(_facts: Facts, _language: str) -> str:
    return _("Compared with your own past, not with the market.")


def _suspicious_content(facts: Facts, language: str) -> str:
    contents = int(facts["contents"])
    return ngettext(
        "The clicks of %(contents)s content look suspicious.",
        "The clicks of %(contents)s contents look suspicious.",
        contents,
    ) % {"contents": formats.whole(contents, language)}


WRITERS: dict[NoteKind, Callable[[Facts, str], str]] = {
    NoteKind.NO_DATA: _silent,
    NoteKind.NO_BENCHMARK: _silent,
    NoteKind.DEFINITION_NOT_IN_BENCHMARK: _other_definition,
    NoteKind.OTHER_SOURCE_HAS_DATA: _other_source,
    NoteKind.WINDOWS_LEFT_OUT: _windows_left_out,
    NoteKind.ROLLED_UP: _rolled_up,
    NoteKind.PARTLY_COVERED: _partly_covered,
    NoteKind.PERIOD_DIFFERS: _period_differs,
    NoteKind.CLICKS_DERIVED: _clicks_derived,
    NoteKind.WITHOUT_KEY: _without_key,
    NoteKind.OWN_HISTORY: _own_history,
    NoteKind.SUSPICIOUS_CONTENT: _suspicious_content,
}
