"""One sentence that says what a figure means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from linkstar.insights.answers import impressions_missing
from linkstar.stats.states import State
from linkstar.web import formats
from linkstar.web.labels import held_back_words, market_name


def verdict(row: Mapping[str, Any], market: str, language: str) -> str:
    """What to tell a person about a row of an answer (a mapping of its columns)."""
    state, missing = State(row["state"]), impressions_missing(row)
    told = {
        "market": market_name(market),
        "uplift": formats.both_spellings(row["uplift"], language),
        "interval": formats.interval(row["low"], row["high"], language),
        "missing": formats.whole(missing, language),
        "impressions": formats.whole(row["impressions"], language),
    }
    if state is State.CANNOT_TELL and row["low"] is None:
        return _no_interval() % told
    if row["held_back"]:
        return _held_back() % {**told, "why": held_back_words(row["held_back"])}
    if state is State.NOT_ENOUGH_DATA and missing is None:
        return _no_number_would_do() % told
    return SENTENCES[state]() % told


def _above() -> str:
    return _("Above the %(market)s of the same category: %(uplift)s, 95%% interval %(interval)s.")


def _below() -> str:
    return _("Below the %(market)s of the same category: %(uplift)s, 95%% interval %(interval)s.")


def _cannot_tell() -> str:
    return _(
        "It cannot be told whether this is above or below the %(market)s:"
        " %(uplift)s, 95%% interval %(interval)s."
    )


def _no_interval() -> str:
    return _(
        "It cannot be told whether this is above or below the %(market)s: %(uplift)s so far,"
        " of too few contents to know how much they differ."
    )


def _held_back() -> str:
    return _(
        "No verdict, though the interval leaves out the benchmark of the %(market)s:"
        " %(uplift)s, 95%% interval %(interval)s (%(why)s)."
    )


def _not_enough_data() -> str:
    return _(
        "Not enough data yet: %(impressions)s impressions so far,"
        " about %(missing)s more are needed for a verdict."
    )


def _no_number_would_do() -> str:
    return _(
        "Not enough data yet: %(impressions)s impressions so far. The benchmark of this category is"
        " too uncertain for more of them to settle it."
    )


def _withheld() -> str:
    return _(
        "The benchmark of this category is not published: too few shops stand behind it,"
        " and nobody's figures may be worked out from it."
    )


def _unstable() -> str:
    return _("The benchmark of this category is itself too uncertain to judge against.")


def _missing() -> str:
    return _("There is no benchmark for this category and definition yet.")


def _suspicious() -> str:
    return _("The clicks do not look like people's; no verdict until that is settled.")


def _no_data() -> str:
    return _("No impressions on these days.")


SENTENCES = {
    State.ABOVE: _above,
    State.BELOW: _below,
    State.CANNOT_TELL: _cannot_tell,
    State.NOT_ENOUGH_DATA: _not_enough_data,
    State.BENCHMARK_WITHHELD: _withheld,
    State.BENCHMARK_UNSTABLE: _unstable,
    State.BENCHMARK_MISSING: _missing,
    State.SUSPICIOUS: _suspicious,
    State.NO_DATA: _no_data,
}
