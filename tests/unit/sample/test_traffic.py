"""Events follow the truth of the marketplace and nothing happens before or after its time."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from linkstar.sample.drawing import draw_market
from linkstar.sample.labels import labels_of
from linkstar.sample.market import Market, Size
from linkstar.sample.traffic import event_tables, hour_starts_ms
from linkstar.sample.truth import truth_table

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 4, 22, 30, tzinfo=UTC)  # 14:30 on the last day, after a 25-hour day
SIZE = Size(creators=300, contents=2_000, impressions=300_000, days=14)


@pytest.fixture(scope="module")
def market() -> Market:
    return draw_market(seed=5, size=SIZE, ends_before=date(2026, 11, 5))


@pytest.fixture(scope="module")
def events(market: Market) -> pa.Table:
    tables = event_tables(market, labels_of(market), zone=ZONE, now=NOW, chunk=7_000)
    return pa.concat_tables([table for _, table in tables])


@pytest.fixture(scope="module")
def truth(market: Market) -> pa.Table:
    return truth_table(market, labels_of(market), zone=ZONE, now=NOW)


def of_kind(events: pa.Table, kind: str) -> pa.Table:
    return events.filter(pc.equal(events["event"], kind))


class TestEvents:
    def test_carry_ids_that_never_repeat(self, events: pa.Table) -> None:
        assert len(pc.unique(events["event_id"])) == events.num_rows

    def test_lie_between_the_first_midnight_and_now(self, events: pa.Table) -> None:
        span = pc.min_max(events["occurred_at"]).as_py()
        assert span["min"] >= datetime(2026, 10, 22, 7, tzinfo=UTC)
        assert span["max"] < NOW

    def test_are_the_same_for_the_same_seed(self, market: Market) -> None:
        once = event_tables(market, labels_of(market), zone=ZONE, now=NOW)
        first_day = next(table for _, table in once)
        assert first_day.num_rows > 0
        again = next(t for _, t in event_tables(market, labels_of(market), zone=ZONE, now=NOW))
        assert first_day.equals(again)

    def test_come_in_pieces_no_larger_than_asked(self, market: Market) -> None:
        pieces = event_tables(market, labels_of(market), zone=ZONE, now=NOW, chunk=2_000)
        largest_content = int(market.contents.daily.max() * 1.5)
        sizes = [len(of_kind(t, "impression")) for _, t in pieces]
        assert max(sizes) <= 2_000 + largest_content

    def test_never_happen_without_the_step_before(self, events: pa.Table) -> None:
        many = Counter(events["event"].to_pylist())
        assert (
            many["impression"]
            > many["click"]
            > many["add_to_cart"]
            > many["order"]
            > many["refund"]
            > 0
        )

    def test_name_a_price_only_where_money_moved(self, events: pa.Table) -> None:
        paid = events.filter(pc.is_valid(events["value"]))
        assert set(paid["event"].to_pylist()) == {"order", "refund"}
        assert pc.min(paid["value"]).as_py() > 0

    def test_flag_crawlers_which_never_click(self, events: pa.Table) -> None:
        crawled = events.filter(pc.is_valid(events["filtered"]))
        assert set(crawled["event"].to_pylist()) == {"impression"}
        assert 0.004 < crawled.num_rows / len(of_kind(events, "impression")) < 0.012


class TestClicks:
    def test_agree_with_the_truth_of_each_content(self, events: pa.Table, truth: pa.Table) -> None:
        people = events.filter(pc.is_null(events["filtered"]))
        seen = Counter(of_kind(people, "impression")["content_id"].to_pylist())
        clicked = Counter(of_kind(people, "click")["content_id"].to_pylist())
        honest = truth.filter(pc.equal(truth["bought_clicks"], 0))
        ids = honest["content_id"].to_pylist()
        impressions = np.array([seen[content] for content in ids])
        clicks = np.array([clicked[content] for content in ids])
        expected = impressions * honest["ctr_ratio"].to_numpy()
        assert clicks.sum() == pytest.approx(expected.sum(), rel=0.03)
        large = expected > 5
        z = (clicks - expected)[large] / np.sqrt(expected[large])
        assert large.sum() > 100
        assert 0.85 < z.std() < 1.15

    def test_were_bought_for_one_video_in_the_small_hours(
        self, market: Market, events: pa.Table, truth: pa.Table
    ) -> None:
        clicks = of_kind(events, "click")
        bought = clicks.filter(pc.starts_with(clicks["event_id"], "b"))
        planted = truth.filter(pc.greater(truth["bought_clicks"], 0))
        assert planted["bought_clicks"].to_pylist() == [bought.num_rows]
        assert set(bought["content_id"].to_pylist()) == set(planted["content_id"].to_pylist())
        local = {at.astimezone(ZONE).hour for at in bought["occurred_at"].to_pylist()}
        assert local == {3, 4}
        assert len(pc.unique(bought["visitor"])) <= 40


class TestImpressions:
    def test_are_as_many_as_the_truth_expects_by_now(
        self, events: pa.Table, truth: pa.Table
    ) -> None:
        people = events.filter(pc.is_null(events["filtered"]))
        expected = pc.sum(truth["impressions_expected"]).as_py() * (1 - 0.008)
        assert len(of_kind(people, "impression")) == pytest.approx(expected, rel=0.01)


class TestHours:
    def test_of_a_25_hour_day_keep_local_time(self) -> None:
        starts = hour_starts_ms(date(2026, 11, 1), ZONE)
        assert (starts[-1] - starts[0]) / 3_600_000 == 24
        assert datetime.fromtimestamp(starts[12] / 1000, ZONE).hour == 12
