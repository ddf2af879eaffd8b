from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.books import balance, post_entry, take_back

from linkstar.ledger.actions import AlreadyReversed, KeyReused, post_entries, write_entries
from linkstar.ledger.models import Account, Entry
from linkstar.ledger.models import Posting as PostingRow
from linkstar.ledger.queries import balances, balances_minor, draft_of, unsound
from linkstar.ledger.rules import Draft, Posting
from linkstar.money.amounts import Money

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
ACCRUED, COMMISSION = "liability:creator:ada:accrued", "expense:shop:1:commission"


def accrual(key: str = "line:1", minor: int = 1_234, currency: str = "USD") -> Draft:
    posting = Posting(COMMISSION, ACCRUED, Money(minor, currency))
    return Draft("commission_accrued", key, NOW, (posting,), {"rate_bps": 1500})


@pytest.fixture
def book(db) -> str:
    return "wsp_lin"


class TestAnEntry:
    def test_says_when_read_back_what_was_written(self, book: str) -> None:
        assert draft_of(post_entry(book=book, draft=accrual(), now=NOW)) == accrual()

    def test_counts_once_however_often_it_is_written(self, book: str) -> None:
        first = post_entry(book=book, draft=accrual(), now=NOW)
        again = post_entries(book=book, drafts=[accrual(), accrual()], now=NOW)
        assert [entry.id for entry in again] == [first.id, first.id]
        assert balance(book, ACCRUED, "USD") == Money(-1_234, "USD")

    def test_is_whole_among_thousands_written_at_once(self, book: str) -> None:
        """More postings than one statement takes, and an entry whose own two it parts."""
        two = (*accrual(minor=7).postings, Posting(ACCRUED, COMMISSION, Money(2, "USD")))
        drafts = [accrual("line:first", 1)]
        drafts += [Draft("changed", f"line:{n}", NOW, two) for n in range(1_000)]
        ids = write_entries(book=book, drafts=drafts, now=NOW)
        assert [draft_of(Entry.objects.get(pk=ids[n])) for n in (0, 500, 1_000)] == [
            drafts[n] for n in (0, 500, 1_000)
        ]
        assert balance(book, ACCRUED, "USD") == Money(-5_001, "USD")
        assert list(unsound(book)) == []

    def test_with_the_same_key_and_other_words_is_refused(self, book: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        with pytest.raises(KeyReused):
            post_entry(book=book, draft=accrual(minor=1), now=NOW)
        drafts = [accrual("line:2"), accrual("line:2", minor=1)]
        with pytest.raises(KeyReused):
            post_entries(book=book, drafts=drafts, now=NOW)
        assert Entry.objects.count() == 1

    def test_is_taken_back_by_its_mirror_and_only_once(self, book: str) -> None:
        entry = post_entry(book=book, draft=accrual(), now=NOW)
        for _ in range(2):
            take_back(entry, "refund:1", NOW)
        assert balance(book, ACCRUED, "USD") == Money(0, "USD")
        with pytest.raises(AlreadyReversed):
            take_back(entry, "refund:2", NOW)


class TestTheBook:
    @pytest.mark.parametrize("model", [Account, Entry, PostingRow])
    @pytest.mark.parametrize("change", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
    def test_refuses_to_be_changed_even_by_hand(self, book: str, model, change: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(change.format(model._meta.db_table))

    def test_refuses_a_posting_across_currencies_or_books_even_by_hand(self, book: str) -> None:
        entry = post_entry(book=book, draft=accrual(), now=NOW)
        post_entry(book=book, draft=accrual("euro", currency="EUR"), now=NOW)
        post_entry(book="wsp_otto", draft=accrual(), now=NOW)
        dollars = Account.objects.get(book=book, path=ACCRUED, currency="USD")
        euros = Account.objects.get(book=book, path=COMMISSION, currency="EUR")
        others = Account.objects.get(book="wsp_otto", path=COMMISSION, currency="USD")
        for wrong in (euros, others):
            with pytest.raises(IntegrityError, match="one currency"), transaction.atomic():
                PostingRow.objects.create(
                    entry=entry, line=9, debit=dollars, credit=wrong, amount_minor=1
                )

    def test_shows_nothing_of_another_book(self, book: str) -> None:
        post_entry(book="wsp_otto", draft=accrual(), now=NOW)
        assert balances(book) == []

    def test_answers_the_same_about_the_past_whatever_came_later(self, book: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        then = balances(book, as_of=NOW)
        late = Draft("commission_accrued", "line:2", NOW - timedelta(days=9), accrual().postings)
        post_entry(book=book, draft=late, now=NOW + timedelta(days=1))
        assert balances(book, as_of=NOW) == then
        assert balances(book) != then

    def test_never_lets_the_moment_of_writing_go_back(self, book: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        later = post_entry(book=book, draft=accrual("line:2"), now=NOW - timedelta(days=1))
        assert later.recorded_at == NOW

    def test_gives_accounts_named_whole_and_nothing_of_those_below(self, book: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        post_entry(book="wsp_otto", draft=accrual(), now=NOW)
        paths = [COMMISSION, ACCRUED, "liability:creator:ada", "asset:nowhere"]
        assert list(balances_minor(book, paths, "USD").values()) == [1_234, -1_234, 0, 0]
        assert not any(balances_minor(book, paths, "EUR").values())

    def test_gives_subtotals_by_the_beginning_of_a_path(self, book: str) -> None:
        post_entry(book=book, draft=accrual(), now=NOW)
        assert [each.path for each in balances(book, path="liability:creator")] == [ACCRUED]
        assert balances(book, path="liability:cre") == []


class TestTampering:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ("UPDATE ledger_posting SET amount_minor = 1 WHERE entry_id = '{0}'", "entry_changed"),
            (
                "UPDATE ledger_entry SET happened_at = '2020-01-01' WHERE id = '{0}'",
                "entry_changed",
            ),
            ("DELETE FROM ledger_posting WHERE entry_id = '{0}'", "entry_without_postings"),
            ("UPDATE ledger_entry SET link = fingerprint WHERE id = '{0}'", "chain_broken"),
        ],
    )
    def test_shows_even_when_the_triggers_were_taken_away(self, book, change, code) -> None:
        drafts = [accrual(f"line:{n}") for n in range(3)]
        _, second, _ = post_entries(book=book, drafts=drafts, now=NOW)
        assert list(unsound(book)) == []
        with connection.cursor() as cursor:
            for name in (
                "ledger_posting_no_update",
                "ledger_posting_no_delete",
                "ledger_entry_no_update",
            ):
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(change.format(second.id))
        assert code in {found.code for found in unsound(book) if found.sequence == 2}


class BookOfManySteps(RuleBasedStateMachine):
    """Any order of accruals, repeats and reversals keeps the promises of the book."""

    book = "wsp_steps"

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.written: dict[str, Draft] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(number=st.integers(0, 30), minor=st.integers(1, 10**9))
    def accrue(self, number: int, minor: int) -> None:
        key = f"line:{number}"
        draft = self.written.get(key) or accrual(key, minor)
        post_entry(book=self.book, draft=draft, now=NOW)
        self.written[key] = draft

    @rule(number=st.integers(0, 30))
    def refund(self, number: int) -> None:
        key = f"line:{number}"
        if key in self.written:
            entry = Entry.objects.get(book=self.book, key=key)
            take_back(entry, f"{key}:back", NOW)

    @invariant()
    def owes_exactly_what_was_accrued_and_not_taken_back(self) -> None:
        reversed_keys = {
            entry.reverses.key
            for entry in Entry.objects.filter(book=self.book, reverses__isnull=False)
        }
        owed = sum(
            draft.postings[0].amount.minor
            for key, draft in self.written.items()
            if key not in reversed_keys
        )
        assert balance(self.book, ACCRUED, "USD").minor == -owed
        assert sum(each.money.minor for each in balances(self.book)) == 0
        assert list(unsound(self.book)) == []


@pytest.mark.django_db
class TestManySteps:
    def test_keep_every_promise(self) -> None:
        from hypothesis.stateful import run_state_machine_as_test

        limits = settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(BookOfManySteps, settings=limits)
