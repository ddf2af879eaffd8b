"""One sentence for each thing a reader of an uplift answer has to know."""

from collections.abc import Mapping
from datetime import date

from linkstar.cli.figures import count, percent
from linkstar.cli.periods import last_day
from linkstar.cli.words import gettext as _

Facts = Mapping[str, int | float | str]


def note_text(note: Facts) -> str:
    """The sentence of a note, with its figures in it."""
    return _sentence(note).format_map({name: _written(name, value) for name, value in note.items()})


def _sentence(note: Facts) -> str:
    if note["kind"] == "windows_left_out":
        return _left_out(str(note["reason"]))
    return {
        "no_data": _("Nothing was counted for this question."),
        "no_benchmark": _(
            "There is no benchmark yet: build one, import one, or use your own history."
        ),
        "definition_not_in_benchmark": _(
            "The benchmark has figures of {definitions}, none of {definition}: nothing is compared."
            " Name another with --definition."
        ),
        "other_source_has_data": _(
            "There are {impressions} impressions from --source {source}, too; they are not added."
        ),
        "rolled_up": _("Compared with a wider category, for want of their own: {rows} rows."),
        "partly_covered": _("{share} of the impressions have a benchmark."),
        "period_differs": _("The benchmark covers {starts_on}..{ends_before}."),
        "clicks_derived": _("Rows whose clicks were worked out from a printed rate: {rows}."),
        "without_key": _("Impressions that belong to no row of this table: {impressions}."),
        "own_history": _("Compared with the workspace's own history, not with the market."),
        "suspicious_content": _("Contents whose clicks look suspicious: {contents}."),
    }[str(note["kind"])]


def _left_out(reason: str) -> str:
    return {
        "crosses_period": _(
            "Export windows that reach beyond these days and were not counted, because an export"
            " cannot be cut: {windows} ({impressions} impressions)."
        ),
        "overlaps": _(
            "Export windows that overlap others and were not counted twice: {windows}"
            " ({impressions} impressions)."
        ),
        "longer_than_week": _(
            "Export windows longer than a week, with no place in a weekly trend: {windows}"
            " ({impressions} impressions)."
        ),
        "other_level": _(
            "Export windows that tell the same by another level and were not added: {windows}"
            " ({impressions} impressions)."
        ),
        "outside_period": _(
            "Export windows outside these days: {windows} ({impressions} impressions)."
        ),
        "other_split": _(
            "Export windows split another way: {windows} ({impressions} impressions)."
        ),
    }[reason]


def _written(name: str, value: float | str) -> str:
    if name == "ends_before":
        return str(last_day(date.fromisoformat(str(value))))
    if name == "share":
        return percent(float(value))
    return str(value) if isinstance(value, str) else count(value)
