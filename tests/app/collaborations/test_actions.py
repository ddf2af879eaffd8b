from datetime import date, timedelta

import pytest

from linkstar.catalog.models import Product
from linkstar.collaborations.actions import (
    agree_collaboration,
    approve_sample,
    cancel_collaboration,
    confirm_deliverable,
    extend_sample,
    post_message,
    receive_sample,
    reject_sample,
    request_sample,
    return_deliverable,
    run_clocks,
    ship_sample,
    submit_deliverable,
)
from linkstar.collaborations.models import Collaboration, Deliverable, TimelineEntry
from linkstar.collaborations.queries import (
    collaborations_of,
    collaborations_with,
    sample_result,
    samples_of,
    waiting_in,
)
from linkstar.collaborations.rules import (
    AlreadyExtended,
    NotNow,
    Terms,
    TermsRefused,
    TooLateToCancel,
)
from linkstar.money.amounts import Money
from linkstar.plans.models import Promotion

DAY = timedelta(days=1)


def sent(collaboration, product, now):
    """A sample of the product that is on its way."""
    sample = request_sample(
        collaboration=collaboration, product=product, address="1 Main St, Austin TX", now=now
    )
    approve_sample(sample=sample, now=now)
    return ship_sample(
        sample=sample,
        carrier="USPS",
        tracking_number="9400",
        cost=Money(500, "USD"),
        shipping=Money(450, "USD"),
        now=now,
    )


def verbs(collaboration) -> list[str]:
    return list(
        TimelineEntry.objects.filter(collaboration=collaboration)
        .order_by("pk")
        .values_list("verb", flat=True)
    )


class TestAnAgreement:
    def test_freezes_its_terms_and_says_what_is_due(self, agree, now) -> None:
        made = agree(videos=2, lives=1)
        assert (made.rate_bps, made.flat_fee_minor, made.currency) == (1_500, 20_000, "USD")
        due = list(made.deliverables.order_by("number").values_list("kind", "state"))
        assert due == [("video", "due"), ("video", "due"), ("live", "due")]
        assert made.deliverables.first().due_at == now + 14 * DAY
        assert verbs(made) == ["agreed"]

    def test_of_one_negotiation_is_made_once(self, cast, ada, serum, now) -> None:
        terms = Terms(
            rate_bps=1_000,
            flat_fee=Money(0, "USD"),
            videos=1,
            lives=0,
            needs_sample=False,
            starts_on=date(2026, 11, 1),
            ends_before=date(2026, 12, 1),
        )
        both = [
            agree_collaboration(
                shop=cast.shop,
                creator=ada,
                products=[serum],
                terms=terms,
                now=now,
                negotiation_id="neg_1",
            )
            for _ in range(2)
        ]
        assert both[0] == both[1]
        assert Deliverable.objects.count() == 1

    def test_on_a_product_of_another_shop_is_refused_whole(self, cast, agree, ada, now) -> None:
        other = Product.objects.create(shop=cast.other_shop, external_id="x", seen_at=now)
        terms = Terms(1_000, Money(0, "USD"), 1, 0, False, date(2026, 11, 1), date(2026, 12, 1))  # noqa: FBT003
        with pytest.raises(TermsRefused, match="product_of_another_shop"):
            agree_collaboration(shop=cast.shop, creator=ada, products=[other], terms=terms, now=now)
        assert not Collaboration.objects.exists()

    def test_is_seen_by_its_workspace_and_its_creator_alone(self, cast, agree, ada) -> None:
        made = agree()
        assert list(collaborations_of(cast.workspace)) == [made]
        assert list(collaborations_of(cast.other_workspace)) == []
        assert list(collaborations_with(ada)) == [made]


class TestASample:
    def test_goes_from_request_to_content(self, cast, agree, serum, now) -> None:
        made = agree()
        sample = sent(made, serum, now)
        made.refresh_from_db()
        assert made.state == "sample"
        receive_sample(sample=sample, now=now + 5 * DAY)
        deliverable = made.deliverables.get()
        assert deliverable.due_at == now + 19 * DAY
        submit_deliverable(
            deliverable=deliverable, url="https://t.example/v/1", content_id="7", now=now + 9 * DAY
        )
        sample.refresh_from_db()
        made.refresh_from_db()
        assert (sample.state, made.state) == ("completed", "posted")
        result = sample_result(samples_of(cast.workspace))
        assert (result.sent, result.completed, result.fulfilment_bps) == (1, 1, 10_000)
        assert result.cost == (Money(950, "USD"),)

    def test_cannot_be_approved_twice(self, agree, serum, now) -> None:
        sample = request_sample(collaboration=agree(), product=serum, address="x", now=now)
        approve_sample(sample=sample, now=now)
        with pytest.raises(NotNow) as refused:
            reject_sample(sample=sample, reason="too late", now=now)
        assert refused.value.state == "approved"
        sample.refresh_from_db()
        assert sample.reason == ""

    def test_of_something_not_agreed_is_refused(self, cast, agree, now) -> None:
        cream = Product.objects.create(shop=cast.shop, external_id="cream", seen_at=now)
        with pytest.raises(TermsRefused, match="product_not_agreed"):
            request_sample(collaboration=agree(), product=cream, address="x", now=now)

    def test_gets_more_time_once(self, agree, serum, now) -> None:
        sample = sent(agree(), serum, now)
        sample = receive_sample(sample=sample, now=now)
        assert extend_sample(sample=sample, now=now).clock_ends_at == now + 21 * DAY
        with pytest.raises(AlreadyExtended):
            extend_sample(sample=sample, now=now)

    def test_shows_up_as_work_for_the_seller(self, cast, agree, serum, now) -> None:
        request_sample(collaboration=agree(), product=serum, address="x", now=now)
        assert waiting_in(collaborations_of(cast.workspace))["samples_to_answer"] == 1
        assert waiting_in(collaborations_of(cast.other_workspace))["samples_to_answer"] == 0


class TestADeliverable:
    def test_that_is_handed_in_starts_the_promotion(self, agree, ada, serum, now) -> None:
        made = agree(needs_sample=False)
        submit_deliverable(
            deliverable=made.deliverables.get(),
            url="https://t.example/v/1",
            content_id="7",
            now=now,
        )
        promotion = Promotion.objects.get(creator=ada, product=serum)
        assert promotion.starts_on == date(2026, 10, 22)  # 03:10 in Los Angeles

    def test_is_confirmed_once(self, agree, now) -> None:
        made = agree(needs_sample=False)
        deliverable = submit_deliverable(
            deliverable=made.deliverables.get(),
            url="https://t.example/v/1",
            content_id="7",
            now=now,
        )
        confirm_deliverable(deliverable=deliverable, now=now + DAY)
        with pytest.raises(NotNow):
            return_deliverable(deliverable=deliverable, reason="blurry", now=now + DAY)
        made.refresh_from_db()
        assert (made.state, made.ended_at) == ("completed", now + DAY)

    def test_that_was_returned_can_be_handed_in_again(self, agree, now) -> None:
        made = agree(needs_sample=False)
        deliverable = made.deliverables.get()
        submit_deliverable(
            deliverable=deliverable, url="https://t.example/v/1", content_id="7", now=now
        )
        return_deliverable(deliverable=deliverable, reason="No disclosure", now=now + DAY)
        submit_deliverable(
            deliverable=deliverable, url="https://t.example/v/2", content_id="8", now=now + 2 * DAY
        )
        deliverable.refresh_from_db()
        assert (deliverable.state, deliverable.content_id) == ("submitted", "8")

    def test_cannot_name_content_another_one_names(self, agree, now) -> None:
        made = agree(videos=2, needs_sample=False)
        first, second = made.deliverables.order_by("number")
        submit_deliverable(deliverable=first, url="https://t.example/v/1", content_id="7", now=now)
        with pytest.raises(TermsRefused, match="content_named_twice"):
            submit_deliverable(
                deliverable=second, url="https://t.example/v/1", content_id="7", now=now
            )


class TestClocks:
    def test_run_out_once(self, agree, serum, now) -> None:
        made = agree()
        request_sample(collaboration=made, product=serum, address="x", now=now)
        assert run_clocks(now=now + 7 * DAY - timedelta(seconds=1)) == []
        assert [each.state for each in run_clocks(now=now + 7 * DAY)] == ["expired"]
        assert run_clocks(now=now + 7 * DAY) == []

    def test_make_content_overdue_and_let_the_seller_go(self, agree, serum, now) -> None:
        made = agree()
        sample = receive_sample(sample=sent(made, serum, now), now=now)
        with pytest.raises(TooLateToCancel):
            cancel_collaboration(collaboration=made, is_creator=False, reason="slow", now=now)
        late = now + 14 * DAY
        assert {each.state for each in run_clocks(now=late)} == {"overdue"}
        cancelled = cancel_collaboration(
            collaboration=made, is_creator=False, reason="No content", now=late
        )
        assert (cancelled.state, made.deliverables.get().state) == ("cancelled", "cancelled")
        sample.refresh_from_db()
        assert sample.state == "overdue"

    def test_confirm_what_the_seller_did_not_answer(self, agree, now) -> None:
        made = agree(needs_sample=False)
        submit_deliverable(
            deliverable=made.deliverables.get(),
            url="https://t.example/v/1",
            content_id="7",
            now=now,
        )
        assert [each.state for each in run_clocks(now=now + 7 * DAY)] == ["confirmed"]
        assert verbs(made)[-1] == "content_confirmed_by_clock"


class TestCancelling:
    def test_twice_is_refused_by_name(self, agree, now) -> None:
        made = agree()
        cancel_collaboration(collaboration=made, is_creator=True, reason="ill", now=now)
        with pytest.raises(NotNow):
            cancel_collaboration(collaboration=made, is_creator=False, reason="too", now=now)
        with pytest.raises(NotNow):
            submit_deliverable(
                deliverable=made.deliverables.get(),
                url="https://t.example",
                content_id="1",
                now=now,
            )


class TestAMessage:
    def test_stays_with_its_author_and_side(self, cast, agree, now) -> None:
        made = agree()
        post_message(
            collaboration=made, user=cast.lin, is_from_creator=False, text=" Hello ", now=now
        )
        assert list(made.messages.values_list("text", "is_from_creator")) == [("Hello", False)]
