"""Invalid traffic is flagged by the rule it met, never deleted, and can be judged again."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from tests.app.lake.journals import NOW, Desk, followed, single

from linkstar.lake.invalid_rules import AGENT_KINDS, NETWORKS, OWN_VISITORS, VERSION
from linkstar.lake.judging import Lists, judge
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.spans import Grain
from linkstar.lake.store import Lake
from linkstar.lake.tables import CONTENT_ROLLUPS_TABLE, EVENTS_TABLE
from linkstar.lake.verify import verify

START = datetime(2026, 1, 5, 20, 0, tzinfo=UTC)


def agent_kinds(agents) -> pa.Table:
    kinds = [{"Bot": "robot", "curl": "program"}.get(agent, "browser") for agent in agents]
    return pa.table([list(agents), kinds], schema=AGENT_KINDS)


def data_centre(networks) -> pa.Table:
    return pa.table([[each for each in networks if each == "203.0.113.0"]], schema=NETWORKS)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def clicks(*seconds: float, **more: object) -> list[dict]:
    """Clicks of one visitor so many seconds after the start."""
    who = {"visitor": "v", **more}
    name = f"{who['visitor']}{who.get('kind', 'click')}"
    return [
        followed(
            f"{name}{place}", occurred_at=(START + timedelta(seconds=after)).isoformat(), **who
        )
        for place, after in enumerate(seconds)
    ]


def lists(**more: object) -> Lists:
    return Lists(agent_kinds, **more)


def flags(desk: Desk, *events: dict, **known: object) -> dict[str, str | None]:
    """Load the events, judge, and say which flag each bears."""
    desk.write(*map(single, events))
    desk.load(now=START + timedelta(days=1))
    judge(desk.lake, lists(**known), now=NOW)
    return {row["event_id"]: row["filtered"] for row in desk.rows()}


class TestAClick:
    def test_of_a_person_counts(self, desk: Desk) -> None:
        assert flags(desk, *clicks(0)) == {"vclick0": None}

    @pytest.mark.parametrize(("agent", "rule"), [("Bot", "robot"), ("curl", "not_a_browser")])
    def test_of_no_browser_is_flagged(self, desk: Desk, agent: str, rule: str) -> None:
        assert flags(desk, *clicks(0, agent=agent)) == {"vclick0": rule}

    def test_from_a_data_centre_is_flagged_where_its_networks_are_known(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0), data_centres=data_centre)
        assert told == {"vclick0": "data_centre"}

    @pytest.mark.parametrize(
        ("second", "rule"), [(29.0, "double_click"), (30.0, "double_click"), (31.0, None)]
    )
    def test_again_within_half_a_minute_counts_once(self, desk: Desk, second, rule) -> None:
        assert flags(desk, *clicks(0, second)) == {"vclick0": None, "vclick1": rule}

    def test_again_and_again_counts_once_however_long_the_chain(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0, 25, 50, 75, 120))
        assert [told[f"vclick{n}"] for n in range(5)] == [None, *["double_click"] * 3, None]

    def test_by_another_visitor_is_another_click(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0), *clicks(5, visitor="w"))
        assert set(told.values()) == {None}

    def test_among_more_than_twenty_in_a_minute_is_flagged_with_all_of_them(self, desk) -> None:
        irregular = [n * 2.5 + (n % 3) * 0.9 for n in range(21)]
        told = flags(desk, *clicks(*irregular), *clicks(4000))
        assert [rule for rule in told.values() if rule == "too_many"] == ["too_many"] * 20 + [
            "too_many"
        ]

    def test_at_machine_regular_intervals_is_flagged(self, desk: Desk) -> None:
        assert set(flags(desk, *clicks(*range(0, 1000, 100))).values()) == {"too_regular"}

    def test_at_a_persons_intervals_counts(self, desk: Desk) -> None:
        irregular = [0, 100, 170, 400, 440, 700, 760, 900, 1300, 1400]
        assert set(flags(desk, *clicks(*irregular)).values()) == {None}

    def test_faster_than_an_eye_is_flagged(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0, kind="impression"), *clicks(0.199))
        assert told == {"vimpression0": None, "vclick0": "too_fast"}

    def test_a_moment_after_it_was_shown_counts(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0, kind="impression"), *clicks(0.2))
        assert set(told.values()) == {None}

    def test_without_having_been_shown_is_flagged_only_where_pixels_are(self, desk: Desk) -> None:
        told = flags(desk, *clicks(0, kind="impression", visitor="w"), *clicks(5))
        assert told["vclick0"] == "not_shown"

    def test_by_the_shops_own_people_is_flagged(self, desk: Desk) -> None:
        own = {START.date(): pa.table([[1], ["v"]], schema=OWN_VISITORS)}
        told = flags(desk, *clicks(0), *clicks(5, visitor="w"), own_visitors=own)
        assert told == {"vclick0": "self_click", "wclick0": None}


class TestABilledClick:
    @pytest.mark.parametrize(("second", "billed"), [(3_600, False), (3_601, True)])
    def test_is_the_first_of_its_visitor_and_link_in_an_hour(self, desk, second, billed) -> None:
        told = flags(desk, *clicks(0, second))
        assert set(told.values()) == {None}
        assert [row["billable"] for row in desk.rows(order="occurred_at")] == [True, billed]

    def test_is_never_one_that_was_flagged_nor_an_impression(self, desk: Desk) -> None:
        flags(desk, *clicks(1, 11), *clicks(0, kind="impression"))
        billed = {row["event_id"]: row["billable"] for row in desk.rows()}
        assert billed == {"vclick0": True, "vclick1": False, "vimpression0": None}


class TestAnImpression:
    @pytest.mark.parametrize(("second", "rule"), [(60, "double_impression"), (61, None)])
    def test_again_within_a_minute_counts_once(self, desk: Desk, second, rule) -> None:
        told = flags(desk, *clicks(0, second, kind="impression"))
        assert told == {"vimpression0": None, "vimpression1": rule}


class TestJudging:
    def test_again_changes_nothing_and_writes_nothing(self, desk: Desk) -> None:
        flags(desk, *clicks(0, 5))
        version = desk.lake.snapshot(EVENTS_TABLE).version
        assert judge(desk.lake, lists(), now=NOW) == 0
        assert desk.lake.snapshot(EVENTS_TABLE).version == version

    def test_follows_events_that_come_later(self, desk: Desk) -> None:
        flags(desk, *clicks(10))
        told = flags(desk, followed("earlier", occurred_at=START.isoformat(), visitor="v"))
        assert told == {"earlier": None, "vclick0": "double_click"}

    def test_does_not_mind_whose_journal_is_loaded_first(self, desk: Desk) -> None:
        other = Desk(desk.lake.root.parent, "journal-2")
        flags(other, *clicks(10))
        told = flags(desk, followed("earlier", occurred_at=START.isoformat(), visitor="v"))
        assert told == {"earlier": None, "vclick0": "double_click"}

    def test_under_another_version_judges_every_day_anew(self, desk: Desk) -> None:
        flags(desk, *clicks(0, 5))
        known = lists(data_centres=data_centre)
        assert judge(desk.lake, known, now=NOW) == 0
        assert judge(desk.lake, known, now=NOW, version=VERSION + 1) == 2

    def test_upon_a_new_edition_of_a_list_judges_every_day_anew(self, desk: Desk) -> None:
        flags(desk, *clicks(0, 5))
        known = lists(data_centres=data_centre, edition="2026-11")
        assert judge(desk.lake, known, now=NOW) == 2

    def test_sees_across_midnight(self, desk: Desk) -> None:
        midnight = datetime(2026, 1, 6, 8, tzinfo=UTC)  # of the shop
        moments = [midnight - timedelta(seconds=5), midnight + timedelta(seconds=5)]
        events = [
            followed(f"e{n}", occurred_at=moment.isoformat()) for n, moment in enumerate(moments)
        ]
        assert flags(desk, *events) == {"e0": None, "e1": "double_click"}

    def test_leaves_roll_ups_that_agree(self, desk: Desk) -> None:
        flags(desk, *clicks(0, 5, 100))
        refresh_rollups(desk.lake, now=NOW)
        [day] = [r for r in desk.rows(CONTENT_ROLLUPS_TABLE) if r["grain"] == Grain.DAY]
        assert (day["clicks"], day["filtered_clicks"]) == (2, 1)
        assert verify(desk.lake) == []


class TestTwoWhoJudgeAtOnce:
    def test_come_to_the_same_though_one_was_faster(self, desk: Desk) -> None:
        """While the first asks who is behind an agent, the second judges the same day."""
        desk.write(*map(single, clicks(0, 1)))
        desk.load(now=START + timedelta(days=1))
        asked: list[int] = []

        def slow_agent_kinds(agents) -> pa.Table:
            if not asked:
                asked.append(judge(Lake(desk.lake.root), lists(), now=NOW))
            return agent_kinds(agents)

        judge(desk.lake, Lists(slow_agent_kinds), now=NOW)
        assert [row["filtered"] for row in desk.rows()] == [None, "double_click"]
        assert asked == [1]
        assert verify(desk.lake) == []
