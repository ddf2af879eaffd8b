"""Which windows of exports may be added up: disjoint ones, covering most days."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from linkstar.lake.selection import LeftOut, LeftOutReason, Window

Choice = tuple[list[Window], list[LeftOut]]


def choose(
    windows: Sequence[Window],
    *,
    starts_on: date | None,
    ends_before: date | None,
    week: bool,
    segment: str | None,
) -> Choice:
    """Per shop and level, the disjoint windows inside the period that cover most days.

    Ties go to the set with the later statement. Rows cut by a segment (so many by women, so many
    by men) are a series of their own: one series is taken, never two summed.

    Args:
        windows: what there is.
        starts_on: first day of the period; None is the beginning.
        ends_before: day after the last; None is the end.
        week: only windows within one ISO week may count.
        segment: the segment asked for, if rows must be cut by it.

    Returns:
        The windows taken, and those left out with the reason; every window is in one of the two.
    """
    taken: list[Window] = []
    left_out: list[LeftOut] = []
    for _, group in groupby(sorted(windows), key=lambda each: (each.shop, each.level)):
        chosen, rest = _choose_series(list(group), starts_on, ends_before, week=week, cut=segment)
        taken += chosen
        left_out += rest
    return taken, left_out


def most_days(windows: Sequence[Window]) -> list[Window]:
    """The disjoint windows that cover most days; ties to the later statement.

    Weighted interval scheduling by dynamic programming (Kleinberg & Tardos, Algorithm Design,
    section 6.1), with a pair as weight: days, then a bit per window, higher for later statements.
    """
    by_end = sorted(windows, key=lambda each: (each.ends_before, each.starts_on))
    ends = [each.ends_before for each in by_end]
    later = sorted(by_end, key=lambda each: (each.stated_on, each.import_id, each.starts_on))
    bit = {id(each): 1 << place for place, each in enumerate(later)}
    best: list[tuple[int, int]] = [(0, 0)]
    before: list[int] = []
    for place, window in enumerate(by_end):
        before.append(bisect_right(ends, window.starts_on, hi=place))
        days, bits = best[before[place]]
        best.append(max(best[place], (days + window.days, bits | bit[id(window)])))
    chosen = best[-1][1]
    return [each for each in by_end if chosen & bit[id(each)]]


def _choose_series(
    windows: list[Window],
    starts_on: date | None,
    ends_before: date | None,
    *,
    week: bool,
    cut: str | None,
) -> Choice:
    """Among the series of one shop and level, the one that covers most days, fewest cuts first."""
    named = [(each, _unfit(each, starts_on, ends_before, week=week, cut=cut)) for each in windows]
    left_out = [LeftOut(each, reason) for each, reason in named if reason]
    fit = sorted((each for each, reason in named if not reason), key=lambda each: each.split)
    series = [list(group) for _, group in groupby(fit, key=lambda each: each.split)]
    if not series:
        return [], left_out
    plans = [(most_days(each), each) for each in series]
    taken, own = max(plans, key=lambda plan: (_days(plan[0]), -len(plan[1][0].split)))
    kept = set(map(id, taken))
    left_out += [LeftOut(each, LeftOutReason.OVERLAPS) for each in own if id(each) not in kept]
    left_out += [
        LeftOut(each, LeftOutReason.OTHER_SPLIT) for each in fit if each.split != own[0].split
    ]
    return taken, left_out


def _unfit(
    window: Window, starts_on: date | None, ends_before: date | None, *, week: bool, cut: str | None
) -> LeftOutReason | None:
    if cut and cut not in window.split:
        return LeftOutReason.OTHER_SPLIT
    from_day, to_day = starts_on or date.min, ends_before or date.max
    if window.ends_before <= from_day or window.starts_on >= to_day:
        return LeftOutReason.OUTSIDE_PERIOD
    if window.starts_on < from_day or window.ends_before > to_day:
        return LeftOutReason.CROSSES_PERIOD
    if week and window.starts_on.weekday() + window.days > 7:
        return LeftOutReason.LONGER_THAN_WEEK
    return None


def _days(windows: list[Window]) -> int:
    return sum(each.days for each in windows)
