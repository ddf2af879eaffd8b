"""How figures are written on the command line: `+150% (2.5x)`, `+96% … +214%`, `3.09%`."""

import math
from typing import TYPE_CHECKING

from linkstar.cli.words import gettext as _
from linkstar.cli.words import spoken_code

if TYPE_CHECKING:
    from linkstar.events.vocabulary import Segment

UNKNOWN = "–"
MINUS = "−"


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def signed_percent(ratio: float | None) -> str:
    """`+42%`, `−8%`; one decimal below ten percent; never minus zero."""
    if ratio is None or not _known(ratio):
        return UNKNOWN
    digits = 1 if abs(ratio) < 0.0995 else 0
    text = f"{abs(ratio):.{digits}%}"
    if float(text.rstrip("%")) == 0:
        return text
    return f"{'+' if ratio > 0 else MINUS}{text}"


def multiple(ratio: float | None) -> str:
    """`2.5x`, `1.42x`: what the CTR is, in benchmarks."""
    if ratio is None or not _known(ratio):
        return UNKNOWN
    text = f"{ratio:.2f}"
    return f"{text.rstrip('0').rstrip('.') if text.endswith('0') else text}x"


def uplift_text(uplift: float | None, ctr_ratio: float | None) -> str:
    """Both spellings of one uplift: `+150% (2.5x)`."""
    if not _known(uplift):
        return UNKNOWN
    return f"{signed_percent(uplift)} ({multiple(ctr_ratio)})"


def interval_text(low: float | None, high: float | None) -> str:
    """`+96% … +214%`."""
    if not (_known(low) and _known(high)):
        return UNKNOWN
    return f"{signed_percent(low)} … {signed_percent(high)}"


def percent(ratio: float | None) -> str:
    """`3.09%`."""
    return f"{ratio:.2%}" if ratio is not None and _known(ratio) else UNKNOWN


def count(number: float | None) -> str:
    """`12,345`."""
    return f"{number:,.0f}" if number is not None and _known(number) else UNKNOWN


def segment_text(segment: "Segment", value: str | None) -> str:
    """What a value of a dimension is called: `women`, `14:00`."""
    from linkstar.events.words import segment_word

    return _(segment_word(segment, value))


def category_text(path: str | None) -> str:
    """A category path as people who read this language say it; `–` where there is none."""
    if not path:
        return UNKNOWN
    from linkstar.catalog.tree import chinese_path

    return chinese_path(path) if spoken_code().startswith("zh") else path


def source_text(source: str) -> str:
    """Where the figures of a benchmark are from."""
    return {
        "computed": _("computed from opted-in shops"),
        "imported": _("imported from a named source"),
        "own_history": _("this workspace's own history"),
    }[source]


def state_text(
    state: str,
    impressions_missing: int | None = None,
    *,
    has_interval: bool = True,
    held_back: str = "",
) -> str:
    """What a state means, in words."""
    if held_back:
        return _("cannot tell: {reason}").format(reason=_(held_back))
    if state == "cannot_tell" and not has_interval:
        return _("cannot tell: too few contents")
    if state == "not_enough_data" and impressions_missing is not None:
        return _("not enough data: {number} more impressions").format(
            number=count(impressions_missing)
        )
    return {
        "above": _("above the benchmark"),
        "below": _("below the benchmark"),
        "cannot_tell": _("cannot tell"),
        "not_enough_data": _(
            "not enough data, and the benchmark is too uncertain for more to help"
        ),
        "benchmark_withheld": _("benchmark withheld"),
        "benchmark_unstable": _("benchmark unstable"),
        "benchmark_missing": _("no benchmark"),
        "suspicious": _("suspicious traffic"),
        "no_data": _("no data"),
    }[state]


def amount_text(minor: int, currency: str) -> str:
    """An amount with its decimals and nothing else: `1234.56`."""
    from linkstar.money.amounts import Money

    return f"{Money(minor, currency).amount:f}"
