"""Taking an import of orders back: the records are as if it had never been, and say that it was."""

from datetime import timedelta

import pytest
from tests.app.connectors.files import bring_in, text_file
from tests.conftest import NOW

from linkstar.attribution.models import Attribution
from linkstar.commissions.actions import work_through
from linkstar.commissions.models import Commission
from linkstar.commissions.reconciling import differences
from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.jobs.undoing import look_at_undoing
from linkstar.ledger.queries import unsound
from linkstar.money.amounts import Money
from linkstar.orders.actions import StatedRefund, record_lines, record_refunds
from linkstar.orders.models import LineRevision, OrderLine, Refund, UnmatchedRefund
from linkstar.orders.rules import Source, State, StatedLine
from linkstar.plans.models import Plan, PlanRate

HEADER = "order,sku,qty,price,order date,creator,tracking\n"
GIVEN = {"zone": "UTC", "currency": "GBP", "state": "delivered", "channel": "other"}


@pytest.fixture
def bring(cast, tmp_path):
    """Bring in an order list of these rows (order, SKU, quantity, price, day, creator)."""

    def bring(*rows: str, name: str = "orders.csv", **how) -> ImportFile:
        text = HEADER + "".join(f"{row}\n" for row in rows)
        report = bring_in(cast, text_file(tmp_path, text, name), **GIVEN | how)
        return ImportFile.objects.get(pk=report["id"])

    return bring


@pytest.fixture
def undo(cast):
    def undone(import_file: ImportFile, *, hours: int = 1) -> ImportFile:
        return actions.undo(import_file, user=cast.lin, now=NOW + timedelta(hours=hours))

    return undone


@pytest.fixture
def work(cast, lake):
    """Ten in a hundred for everybody; every call works the shop through and checks the book."""
    on = (NOW - timedelta(days=400)).date()
    plan = Plan.objects.create(
        shop=cast.shop, kind="open", name="open", scope="shop", starts_on=on, created_at=NOW
    )
    PlanRate.objects.create(plan=plan, number=1, rate_bps=1_000, starts_on=on, announced_at=NOW)

    def worked(*, days: int = 0) -> dict[str, int]:
        work_through(shop=cast.shop, lake=lake, now=NOW + timedelta(days=days, hours=2))
        assert list(differences(cast.workspace)) == []
        assert list(unsound(cast.workspace.pk)) == []
        earned: dict[str, int] = {}
        for each in Commission.objects.select_related("creator"):
            earned[each.creator.handle] = earned.get(each.creator.handle, 0) + each.amount_minor
        return earned

    return worked


def said() -> dict[str, tuple]:
    rows = OrderLine.objects.order_by("order_id").values_list(
        "order_id", "state", "items", "items_returned", "creator", "price_micros"
    )
    return {order: tuple(more) for order, *more in rows}


class TestAnImportTakenBack:
    def test_withdraws_the_lines_nobody_else_states_and_keeps_what_they_said(
        self, bring, undo
    ) -> None:
        undone = undo(bring("1,mug,6,2.95,2026-01-05,ada"))
        line = OrderLine.objects.get()
        assert (undone.state, line.state, line.revision) == ("undone", "withdrawn", 2)
        assert LineRevision.objects.get().state == "delivered"

    def test_lets_what_an_earlier_import_stated_come_back_into_force(self, bring, undo) -> None:
        bring("1,mug,6,2.95,2026-01-05,ada", "2,mug,1,2.95,2026-01-05,ada")
        before = said()
        undo(bring("1,mug,8,3.50,2026-01-05,bo", "3,cup,1,1.00,2026-01-05,bo"))
        assert {order: line for order, line in said().items() if order != "3"} == before
        assert said()["3"][0] == "withdrawn"

    def test_leaves_to_a_later_file_the_rows_it_repeated(self, bring, undo) -> None:
        first = bring("1,mug,6,2.95,2026-01-05,ada", "2,mug,1,2.95,2026-01-05,ada")
        second = bring("2,mug,1,2.95,2026-01-05,ada", "3,mug,1,2.95,2026-01-05,ada", name="b.csv")
        assert second.duplicates == 1
        undo(first)
        assert {order: line[0] for order, line in said().items()} == {
            "1": "withdrawn", "2": "delivered", "3": "delivered",
        }  # fmt: skip
        assert OrderLine.objects.get(order_id="2").import_id == second.pk
        undo(second)
        assert {line[0] for line in said().values()} == {"withdrawn"}

    def test_twice_changes_nothing(self, bring, undo) -> None:
        bring("1,mug,6,2.95,2026-01-05,ada")
        second = bring("1,mug,8,2.95,2026-01-05,ada")
        undo(second)
        before = OrderLine.objects.get().revision
        undo(second, hours=2)
        assert OrderLine.objects.get().revision == before

    def test_cut_off_after_the_facts_is_ended_by_undoing_again(
        self, bring, undo, monkeypatch
    ) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada")

        def cut(*_arguments: object, **_more: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("linkstar.connectors.actions.undoing._end", cut)
            with pytest.raises(KeyboardInterrupt):
                undo(import_file)
        assert OrderLine.objects.get().state == "delivered"
        undo(import_file)
        assert OrderLine.objects.get().state == "withdrawn"

    def test_leaves_what_a_program_stated_by_key(self, bring, undo, cast) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada", "2,mug,1,2.95,2026-01-05,ada")
        line = StatedLine(
            order_id="1", line_id="mug", creator="bo", state=State.SHIPPED, ordered_at=NOW,
            items=4, currency="GBP", price_micros=2_000_000,
        )  # fmt: skip
        record_lines(shop=cast.shop, lines=[line], source=Source.API, stated_at=NOW, now=NOW)
        undo(import_file)
        assert said() == {
            "1": ("shipped", 4, 0, "bo", 2_000_000),
            "2": ("withdrawn", 1, 0, "ada", 2_950_000),
        }


class TestCommission:
    def test_is_taken_back_as_for_a_refund_at_the_rate_it_was_earned(
        self, bring, undo, work
    ) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada", "2,mug,1,2.95,2026-01-05,bo")
        assert work() == {"ada": 177, "bo": 30}
        PlanRate.objects.update(rate_bps=500)
        undo(import_file)
        assert work(days=1) == {"ada": 0, "bo": 0}
        kinds = Commission.objects.filter(creator__handle="ada").order_by("number")
        assert [(each.kind, each.amount_minor) for each in kinds] == [
            ("accrued", 177), ("clawed_back", -177),
        ]  # fmt: skip

    def test_is_restored_when_a_later_import_states_the_line_again(self, bring, undo, work) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada")
        work()
        undo(import_file)
        work()
        PlanRate.objects.update(rate_bps=500)
        bring("1,mug,6,2.95,2026-01-05,ada", name="again.csv")
        assert work(days=1) == {"ada": 177}

    def test_goes_to_whom_the_right_file_names(self, bring, undo, work) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada")
        assert work() == {"ada": 177}
        undo(import_file)
        bring("1,mug,6,2.95,2026-01-05,bo", name="right.csv")
        assert work() == {"ada": 0, "bo": 177}

    def test_is_of_whom_the_earlier_file_named(self, bring, undo, work) -> None:
        bring("1,mug,6,2.95,2026-01-05,ada")
        wrong = bring("1,mug,6,2.95,2026-01-05,bo", name="wrong.csv")
        assert work() == {"bo": 177}
        undo(wrong)
        assert work() == {"ada": 177, "bo": 0}
        assert Attribution.objects.count() == 2

    def test_that_was_payable_is_owed_back(self, bring, undo, work) -> None:
        import_file = bring("1,mug,6,2.95,2026-01-05,ada")
        work(days=40)
        undo(import_file, hours=3)
        work(days=40)
        assert list(Commission.objects.order_by("number").values_list("state", "amount_minor")) == [
            ("payable", 177), ("payable", -177),
        ]  # fmt: skip


class TestWhatCameBack:
    def test_by_the_word_of_the_import_counts_no_longer(self, bring, undo, work) -> None:
        bring("1,mug,6,2.95,2026-01-05,ada")
        back = bring("C4,mug,-6,2.95,2026-01-06,", "C5,jar,-1,9.00,2026-01-06,", name="back.csv")
        assert work() == {"ada": 0}
        undo(back)
        assert (said()["1"][:3], work()) == (("delivered", 6, 0), {"ada": 177})
        assert not UnmatchedRefund.objects.exists()
        assert Refund.objects.get().withdrawn_at

    def test_of_a_withdrawn_line_waits_and_is_of_it_again_once_it_is_restated(
        self, bring, undo
    ) -> None:
        sold = bring("1,mug,6,2.95,2026-01-05,ada")
        bring("C4,mug,-2,2.95,2026-01-06,", name="back.csv")
        undo(sold)
        waiting = UnmatchedRefund.objects.get()
        assert (waiting.order_id, waiting.line_id, waiting.article, waiting.items) == (
            "C4", "mug", "mug", 2,
        )  # fmt: skip
        assert said()["1"][:3] == ("withdrawn", 6, 0)
        bring("1,mug,6,2.95,2026-01-05,ada", name="again.csv")
        assert (said()["1"][:3], UnmatchedRefund.objects.count()) == (("delivered", 6, 2), 0)

    def test_of_more_than_is_sold_now_waits(self, bring, undo) -> None:
        bring("1,mug,2,2.95,2026-01-05,ada")
        more = bring("1,mug,6,2.95,2026-01-05,ada", name="more.csv")
        bring("1,mug,-4,2.95,2026-01-06,", name="back.csv")
        undo(more)
        assert (said()["1"][:3], UnmatchedRefund.objects.get().items) == (("delivered", 2, 0), 4)

    def test_told_by_key_waits_for_the_line_and_is_counted_once(self, bring, undo, cast) -> None:
        sold = bring("1,mug,6,2.95,2026-01-05,ada")
        refund = StatedRefund(key="r", order_id="1", line_id="mug", happened_at=NOW, items=1)
        told = {"shop": cast.shop, "refunds": [refund], "source": Source.API, "now": NOW}
        record_refunds(**told)
        undo(sold)
        assert record_refunds(**told).known == 1
        bring("1,mug,6,2.95,2026-01-05,ada", name="again.csv")
        assert (said()["1"][:3], record_refunds(**told).known) == (("delivered", 6, 1), 1)


class TestWhatItWouldDo:
    def test_is_told_beforehand(self, bring, work) -> None:
        first = bring("1,mug,6,2.95,2026-01-05,ada", "2,mug,10,2.95,2026-01-05,bo")
        bring("1,mug,7,2.95,2026-01-05,ada", name="later.csv")
        bring("2,mug,10,2.95,2026-01-05,bo", "3,mug,1,2.95,2026-01-05,bo", name="more.csv")
        work()
        Commission.objects.filter(creator__handle="bo", line__order_id="2").update(state="paid")
        seen = look_at_undoing(first)
        assert (seen.lines, seen.withdrawn, seen.kept, seen.returns) == (2, 1, 1, 0)
        assert (seen.earned, seen.settled) == ((Money(295, "GBP"),), (Money(295, "GBP"),))
        assert seen.repeated_by == ("more.csv",)

    def test_counts_what_came_back_by_its_word(self, bring) -> None:
        bring("1,mug,6,2.95,2026-01-05,ada")
        back = bring("C4,mug,-2,2.95,2026-01-06,", "C5,jar,-1,9.00,2026-01-06,", name="back.csv")
        seen = look_at_undoing(back)
        assert (seen.lines, seen.withdrawn, seen.returns, seen.earned) == (0, 0, 2, ())
