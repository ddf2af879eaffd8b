"""Where a plan stands on a day, and the rates it still owes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from linkstar.plans.rules import Kind, Promise, Scope, Version
from linkstar.plans.standing import State, kept_rates, standing, state_on
from linkstar.plans.terms import terms_of

US = terms_of("US")
FIRST, CUT = date(2026, 9, 1), date(2026, 11, 1)
OLD, NEW = Version(1, FIRST, 1_800), Version(2, CUT, 1_500)
PLAN = Promise("p", Kind.OPEN, Scope.SHOP, FIRST, (OLD, NEW))


class TestAPlanThatWasCut:
    def test_keeps_the_old_rate_thirty_days_and_tells_of_its_end_two_days_before(self) -> None:
        [kept] = kept_rates(PLAN, US, on=CUT)
        assert kept.version == OLD
        assert kept.kept_before == date(2026, 12, 1)
        assert kept.told_on == date(2026, 11, 29)

    def test_keeps_nothing_once_the_days_are_over(self) -> None:
        assert kept_rates(PLAN, US, on=date(2026, 12, 1)) == []

    def test_keeps_nothing_beyond_the_end_it_had_from_the_start(self) -> None:
        ending = replace(PLAN, ends_before=date(2026, 11, 11))
        [kept] = kept_rates(ending, US, on=CUT)
        assert kept.kept_before == date(2026, 11, 11)

    def test_tells_what_counts_and_what_comes(self) -> None:
        told = standing(PLAN, US, on=CUT - timedelta(days=1))
        assert (told.current, told.coming) == (OLD, (NEW,))


class TestAPlanThatWasRaised:
    def test_keeps_nothing(self) -> None:
        raised = replace(PLAN, versions=(OLD, replace(NEW, rate_bps=2_000)))
        assert kept_rates(raised, US, on=CUT) == []


class TestATargetedPlanThatWasCut:
    def test_keeps_nothing(self) -> None:
        assert kept_rates(replace(PLAN, kind=Kind.TARGETED), US, on=CUT) == []


class TestAPlanThatWasStopped:
    def test_before_it_began_was_never_in_force_and_keeps_nothing(self) -> None:
        never = replace(PLAN, stops_before=FIRST)
        told = standing(never, US, on=FIRST - timedelta(days=9))
        assert (told.state, told.current, told.kept) == (State.SCHEDULED, None, ())
        assert standing(never, US, on=FIRST).state is State.STOPPED

    def test_keeps_its_last_rate(self) -> None:
        stopped = replace(PLAN, stops_before=date(2026, 11, 21))
        ends = [kept.kept_before for kept in kept_rates(stopped, US, on=date(2026, 11, 21))]
        assert ends == [date(2026, 12, 1), date(2026, 12, 21)]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 8, 31), State.SCHEDULED),
        (date(2026, 9, 1), State.RUNNING),
        (date(2026, 12, 1), State.ENDED),
    ],
)
def test_a_plan_with_an_end_is_scheduled_running_and_over(on: date, state: State) -> None:
    assert state_on(replace(PLAN, ends_before=date(2026, 12, 1)), on) is state


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2026, 10, 9), State.STOPPING), (date(2026, 10, 10), State.STOPPED)],
)
def test_a_stopped_plan_has_one_more_day(on: date, state: State) -> None:
    assert state_on(replace(PLAN, stops_before=date(2026, 10, 10)), on) is state
