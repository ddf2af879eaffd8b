from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.app.lake.journals import TOKEN, Desk, batch, followed, single

from linkstar.attribution.actions import (
    NothingToRedecide,
    PromoCodeTaken,
    attribute_lines,
    give_promo_code,
    reattribute_by_hand,
    reattribute_by_rule,
)
from linkstar.attribution.models import Attribution
from linkstar.creators.models import Creator
from linkstar.orders.actions import record_lines, take_in_reports
from linkstar.orders.models import OrderLine
from linkstar.orders.rules import Source, StatedLine
from linkstar.tracking.models import TrackedLink

AT = "2026-10-22T11:00:00Z"
ORDERED = datetime(2026, 10, 20, 18, tzinfo=UTC)
SOLD = StatedLine(
    order_id="o1", line_id="1", product_id="serum", ordered_at=ORDERED, items=1,
    price_micros=10_000_000,
)  # fmt: skip


@pytest.fixture
def ada(cast, now) -> Creator:
    return Creator.objects.create(workspace=cast.workspace, handle="ada", created_at=now)


@pytest.fixture
def decide(cast, now):
    def decided(lake=None, **said: object) -> Attribution:
        if said:
            record_lines(
                shop=cast.shop, lines=[replace(SOLD, **said)], source=Source.API,
                stated_at=now, now=now,
            )  # fmt: skip
        attribute_lines(shop=cast.shop, lake=lake, now=now)
        return Attribution.objects.get(is_current=True)

    return decided


def verdicts(decision: Attribution) -> list[tuple[str, str, str]]:
    return [(each["claim"], each["creator"], each["verdict"]) for each in decision.why]


class TestALine:
    def test_goes_to_whom_the_platform_names_and_makes_an_unknown_creator(self, decide) -> None:
        decision = decide(creator="ada", content_id="v1", content_type="video")
        assert (decision.method, decision.creator.handle) == ("platform", "ada")
        assert decision.content_id == "v1"
        assert decision.earned_on == date(2026, 10, 20)

    def test_goes_to_the_promo_code_where_the_platform_names_nobody(
        self, decide, cast, ada, now
    ) -> None:
        give_promo_code(
            shop=cast.shop, creator=ada, code=" ADA10", starts_on=date(2026, 10, 1), now=now
        )
        decision = decide(promo_code="Ada10")
        assert (decision.method, decision.creator) == ("promo_code", ada)

    def test_keeps_the_code_that_lost_in_its_trace(self, decide, cast, ada, now) -> None:
        give_promo_code(
            shop=cast.shop, creator=ada, code="ada10", starts_on=date(2026, 10, 1), now=now
        )
        decision = decide(promo_code="ada10", creator="bo")
        assert verdicts(decision) == [
            ("platform", "bo", "won"), ("promo_code", "ada", "heard_later"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("code", "verdict"), [("nobody10", "code_unknown"), ("old10", "code_not_valid")]
    )
    def test_goes_to_nobody_by_a_code_that_does_not_hold(self, decide, ada, code, verdict) -> None:
        give_promo_code(
            shop=ada.workspace.shops.get(), creator=ada, code="old10", starts_on=date(2026, 9, 1),
            ends_before=date(2026, 10, 1), now=ORDERED,
        )  # fmt: skip
        decision = decide(promo_code=code)
        assert (decision.method, decision.creator) == ("nobody", None)
        assert verdicts(decision) == [("promo_code", "", verdict)]

    def test_sold_in_a_live_goes_to_who_streamed_it(self, decide, cast, now) -> None:
        TrackedLink.objects.create(
            shop=cast.shop, destination="https://x.example", creator="@Ada", content_id="live9",
            content_type="live", created_at=now,
        )  # fmt: skip
        decision = decide(content_id="live9", content_type="live")
        assert (decision.method, decision.creator.handle) == ("live", "ada")

    def test_is_decided_once_and_never_changed_by_running_again(self, decide) -> None:
        first = decide(creator="ada")
        assert decide(creator="bo").pk == first.pk
        assert Attribution.objects.count() == 1

    def test_of_nobody_is_heard_again_when_more_is_stated(self, decide) -> None:
        assert decide(sku_id="red").method == "nobody"
        decision = decide(creator="ada")
        assert (decision.number, decision.method) == (2, "platform")


class TestDecidingAgain:
    def test_by_hand_is_on_the_record(self, decide, cast, ada, now) -> None:
        first = decide(creator="bo")
        line = OrderLine.objects.get()
        again = reattribute_by_hand(
            line=line, creator=ada, reason="her video", user=cast.lin, now=now
        )
        assert (again.number, again.creator, again.reason, again.user) == (
            2, ada, "her video", cast.lin,
        )  # fmt: skip
        first.refresh_from_db()
        assert not first.is_current
        assert decide().pk == again.pk
        with pytest.raises(NothingToRedecide):
            reattribute_by_hand(line=line, creator=ada, reason="x", user=cast.lin, now=now)

    def test_by_the_rule_hears_the_claims_as_they_stand_now(self, decide, cast, now) -> None:
        decide(creator="bo")
        decide(creator="ada")
        reattribute_by_rule(
            shop=cast.shop, lines=OrderLine.objects.all(), lake=None, reason="corrected export",
            user=cast.lin, now=now,
        )  # fmt: skip
        assert decide().creator.handle == "ada"


class TestAPromoCode:
    def test_names_one_creator_at_a_time(self, cast, ada, now) -> None:
        days = {"starts_on": date(2026, 10, 1), "ends_before": date(2026, 11, 1), "now": now}
        give_promo_code(shop=cast.shop, creator=ada, code="ada10", **days)
        with pytest.raises(PromoCodeTaken):
            give_promo_code(shop=cast.shop, creator=ada, code="ADA10", **days)


class TestClicks:
    """Orders reported by the shop's own page, with the clicks before them."""

    @pytest.fixture
    def desk(self, tmp_path) -> Desk:
        return Desk(tmp_path)

    @pytest.fixture
    def report(self, desk, cast, now):
        cast.workspace.number = 1

        def reported(*events: dict) -> Attribution:
            desk.write(batch(*events, shop=cast.shop.number, received_at=AT))
            assert desk.load().stored == len(events)
            take_in_reports(desk.lake, shop=cast.shop, now=now)
            attribute_lines(shop=cast.shop, lake=desk.lake, now=now)
            return Attribution.objects.get(is_current=True)

        return reported

    def click(self, event_id: str, creator: str, **said: object) -> dict:
        return {
            "event_id": event_id, "kind": "click", "occurred_at": "2026-10-22T09:00:00Z",
            "visitor": "v", "creator": creator, "content_id": f"video-{creator}",
        } | said  # fmt: skip

    def order(self, **said: object) -> dict:
        return {
            "event_id": "order-1", "kind": "order", "occurred_at": "2026-10-22T11:00:00Z",
            "visitor": "v", "order_id": "o1", "product_id": "serum", "value_minor": 5_997,
            "currency": "USD", "quantity": 3,
        } | said  # fmt: skip

    def test_the_last_one_wins_and_its_moment_decides_the_rate(self, report, cast) -> None:
        decision = report(
            self.click("c1", "ada"),
            self.click("c2", "bo", occurred_at="2026-10-22T10:00:00Z"),
            self.order(),
        )
        assert (decision.method, decision.creator.handle) == ("last_click", "bo")
        assert decision.earned_at == datetime(2026, 10, 22, 10, tzinfo=UTC)
        assert verdicts(decision) == [
            ("last_click", "bo", "won"), ("last_click", "ada", "earlier_click"),
        ]  # fmt: skip
        line = OrderLine.objects.get()
        assert (line.items, line.price_micros, line.source) == (3, 19_990_000, "postback")

    def test_on_a_link_of_ours_names_it(self, report, desk, cast) -> None:
        at = {"occurred_at": "2026-10-22T09:00:00Z", "visitor": "v", "shop": cast.shop.number}
        desk.write(single(followed("c1", **at)))
        desk.load()
        decision = report(self.order())
        assert [(heard["creator"], heard["link"]) for heard in decision.why] == [("ada", TOKEN)]

    def test_at_the_same_instant_the_one_on_the_product_wins(self, report) -> None:
        decision = report(
            self.click("c1", "ada", product_id="cream"),
            self.click("c2", "bo", product_id="serum"),
            self.order(),
        )
        assert verdicts(decision) == [
            ("last_click", "bo", "won"), ("last_click", "ada", "tie_lost"),
        ]  # fmt: skip

    def test_an_ad_earns_nothing_but_brings_its_own_creator_the_rate_for_ads(self, report) -> None:
        decision = report(
            self.click("c1", "ada"),
            self.click("c2", "ada", traffic_source="ads", occurred_at="2026-10-22T10:00:00Z"),
            self.order(),
        )
        assert (decision.creator.handle, decision.is_ad, decision.ads_creator) == (
            "ada", True, "ada",
        )  # fmt: skip
        assert ("last_click", "ada", "paid_for") in verdicts(decision)

    def test_of_somebody_else_counts_when_the_order_names_it(self, report) -> None:
        decision = report(
            self.click("c1", "ada", visitor="other"), self.order(click_id="c1", visitor="w")
        )
        assert decision.creator.handle == "ada"

    def test_without_any_the_order_is_nobodys(self, report) -> None:
        assert report(self.click("c1", "ada", visitor="other"), self.order()).method == "nobody"

    def test_a_refund_counts_against_the_reported_line(self, report, desk, cast, now) -> None:
        report(self.order())
        desk.write(
            batch(
                self.order(event_id="r1", kind="refund", quantity=1, value_minor=1_999),
                shop=cast.shop.number,
                received_at=AT,
            )
        )
        desk.load()
        for _ in range(2):
            take_in_reports(desk.lake, shop=cast.shop, now=now + timedelta(minutes=1))
        assert OrderLine.objects.get().items_returned == 1
