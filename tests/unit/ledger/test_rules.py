import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from linkstar.ledger.rules import (
    CHAIN_START,
    Draft,
    EntryRefused,
    Posting,
    PostingRefused,
    chained,
    fingerprint,
    written,
)
from linkstar.money.amounts import Money

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
CENT = Money(1, "USD")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FACTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS,
        lambda inside: st.lists(inside) | st.dictionaries(TEXTS, inside),
        max_leaves=8,
    ),
)
"""All that the facts of an entry are made of: never a float."""


class TestAPosting:
    @pytest.mark.parametrize("minor", [0, -1])
    def test_needs_a_positive_amount(self, minor: int) -> None:
        with pytest.raises(PostingRefused):
            Posting("asset:bank", "equity:opening", Money(minor, "USD"))

    def test_needs_two_accounts(self) -> None:
        with pytest.raises(PostingRefused):
            Posting("asset:bank", "asset:bank", CENT)

    @pytest.mark.parametrize(
        "path", ["", "bank", "money:bank", "asset:", "asset::bank", "asset:a b"]
    )
    def test_needs_paths_that_say_their_kind(self, path: str) -> None:
        with pytest.raises(PostingRefused):
            Posting(path, "asset:bank", CENT)


class TestADraft:
    draft = Draft("sale", "sale:1", NOW, (Posting("asset:bank", "income:sales", CENT),))

    def test_needs_a_posting_a_key_and_an_instant_with_its_zone(self) -> None:
        for wrong in ({"postings": ()}, {"key": ""}, {"happened_at": NOW.replace(tzinfo=None)}):
            with pytest.raises(EntryRefused):
                replace(self.draft, **wrong)

    def test_has_another_fingerprint_as_soon_as_a_word_differs(self) -> None:
        others = [
            replace(self.draft, kind="refund"),
            replace(self.draft, key="sale:2"),
            replace(self.draft, facts={"rate_bps": 1500}),
            replace(self.draft, reverses="ent_1"),
            replace(self.draft, postings=(Posting("asset:bank", "income:sales", Money(1, "EUR")),)),
        ]
        assert len({fingerprint(draft) for draft in [self.draft, *others]}) == 6
        assert fingerprint(replace(self.draft)) == fingerprint(self.draft)

    @given(FACTS)
    def test_is_of_its_words_in_json_with_sorted_keys(self, facts) -> None:
        """The digest can be worked out again by any program, and of every book there is."""
        said = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert written(facts).decode() == said

    def test_is_sealed_with_its_place_and_moment(self) -> None:
        seals = {
            chained(CHAIN_START, "a", 1, NOW),
            chained(CHAIN_START, "a", 2, NOW),
            chained(CHAIN_START, "b", 1, NOW),
            chained("1" * 64, "a", 1, NOW),
        }
        assert len(seals) == 4
