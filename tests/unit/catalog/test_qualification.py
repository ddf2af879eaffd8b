import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.catalog.market_rules import MarketUnknown, market_named, markets, rules_on
from linkstar.catalog.qualification import (
    ANSWERS_NEEDED,
    COMPANY_VERBS,
    REASONED_VERBS,
    TRANSITIONS,
    Application,
    DocumentKind,
    Standing,
    State,
    StepRefused,
    Verb,
    lacks,
    next_state,
    standing,
    verbs_from,
)
from linkstar.money.currencies import CURRENCIES

ON = date(2026, 11, 1)
US = rules_on("US", ON)


def walked(verbs: list[Verb]) -> list[tuple[Verb, State]]:
    """Every step of a walk that was not refused, with where it led."""
    state, taken = State.DRAFT, []
    for verb in verbs:
        try:
            state = next_state(state, verb)
        except StepRefused:
            continue
        taken.append((verb, state))
    return taken


class TestAQualification:
    @given(st.lists(st.sampled_from(Verb), max_size=40))
    def test_is_approved_only_by_a_reviewer_after_it_was_handed_in(self, verbs):
        handed_in = False
        for verb, state in walked(verbs):
            handed_in = verb is Verb.SUBMIT or (
                handed_in and verb not in {Verb.WITHDRAW, Verb.SEND_BACK}
            )
            if state is State.APPROVED:
                assert handed_in
                assert verb in {Verb.APPROVE, Verb.LIFT}

    @given(st.lists(st.sampled_from(Verb), max_size=40))
    def test_is_suspended_only_after_approval_and_leaves_it_only_by_a_reviewer(self, verbs):
        before = State.DRAFT
        for verb, state in walked(verbs):
            if state is State.SUSPENDED:
                assert before is State.APPROVED
            if before is State.SUSPENDED:
                assert verb not in COMPANY_VERBS
            before = state

    @given(st.lists(st.sampled_from(Verb), max_size=40))
    def test_can_always_still_be_approved(self, verbs):
        state = (walked(verbs) or [(Verb.SUBMIT, State.DRAFT)])[-1][1]
        assert State.APPROVED in reachable(state)

    def test_reaches_every_state(self):
        assert reachable(State.DRAFT) == set(State)

    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("verb", Verb)
    def test_refuses_every_step_the_table_does_not_have(self, state, verb):
        if (state, verb) in TRANSITIONS:
            assert verb in verbs_from(state)
            return
        with pytest.raises(StepRefused):
            next_state(state, verb)


def reachable(start: State) -> set[State]:
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        onward = {to for (state, _), to in TRANSITIONS.items() if state is here} - found
        found |= onward
        waiting += onward
    return found


def application(**changed: object) -> Application:
    stated = {
        "stated": frozenset(ANSWERS_NEEDED),
        "kinds": frozenset({DocumentKind.BUSINESS_LICENCE, DocumentKind.LEGAL_REPRESENTATIVE_ID}),
        "sells_branded_goods": False,
        "licence_valid_until": date(2027, 11, 1),
        "figures": {"shop_rating": Decimal("4.6")},
    }
    return Application(**{**stated, **changed})


def codes(**changed: object) -> list[str]:
    return [lack.code for lack in lacks(application(**changed), US, on=ON)]


class TestWhatIsLacking:
    def test_is_nothing_when_all_is_there(self):
        assert codes() == []

    def test_names_every_answer_and_document(self):
        assert codes(stated=frozenset(), kinds=frozenset()) == [
            *ANSWERS_NEEDED, "document.business_licence", "document.legal_representative_id",
        ]  # fmt: skip

    def test_is_the_brands_word_where_goods_of_a_brand_are_sold(self):
        assert codes(sells_branded_goods=True) == ["document.brand_authorisation"]

    def test_is_a_licence_that_runs_out_within_thirty_days(self):
        assert codes(licence_valid_until=date(2026, 11, 30)) == ["licence_runs_out"]
        assert codes(licence_valid_until=date(2026, 12, 1)) == []

    @pytest.mark.parametrize(
        ("figure", "good", "bad"),
        [
            ("shop_rating", "2.5", "2.49"),
            ("negative_review_bps", "149", "150"),
            ("return_bps", "999", "1000"),
            ("counterfeit_points", "0", "1"),
        ],
    )
    def test_is_a_figure_on_the_wrong_side_of_the_markets_threshold(self, figure, good, bad):
        assert codes(figures={figure: Decimal(good)}) == []
        assert codes(figures={figure: Decimal(bad)}) == [figure]

    def test_is_no_figure_that_a_new_shop_cannot_have(self):
        assert codes(figures={"shop_rating": None}) == []


class TestTheMarkets:
    def test_settle_in_currencies_there_are_and_count_days_in_zones_there_are(self):
        from linkstar.catalog.rules import is_zone

        assert len(markets()) == 16
        assert all(m.currency in CURRENCIES and is_zone(m.zone) for m in markets().values())

    def test_have_rules_of_their_own_or_those_of_any_market(self):
        assert rules_on("US", ON).thresholds
        assert rules_on("GB", ON).market == "*"
        assert rules_on("US", date(2020, 1, 1)).starts_on == date(2026, 1, 1)

    def test_do_not_include_every_country(self):
        with pytest.raises(MarketUnknown):
            market_named("CH")


def stand(**changed: object) -> Standing:
    stated = {"state": State.APPROVED, "licence_valid_until": None, "service_is_on": True, "on": ON}
    return standing(**{**stated, **changed})


class TestAShopsStanding:
    def test_is_good_when_approved_and_switched_on(self):
        assert stand() is Standing.MAY_PROMOTE

    def test_names_what_stands_in_the_way_the_gravest_first(self):
        assert stand(state=State.SUSPENDED, service_is_on=False) is Standing.SUSPENDED
        assert stand(state=State.RETURNED) is Standing.NOT_QUALIFIED
        assert stand(licence_valid_until=date(2026, 10, 31)) is Standing.LICENCE_EXPIRED
        assert stand(licence_valid_until=ON) is Standing.MAY_PROMOTE
        assert stand(service_is_on=False) is Standing.SERVICE_OFF


class TestTheMethodPage:
    PAGE = (Path(__file__).parents[3] / "docs/methods/qualification.md").read_text()

    def test_draws_every_step_and_no_other(self):
        drawn = re.findall(r"^ +(\w+) --> (\w+) : (\w+)$", self.PAGE, re.MULTILINE)
        assert sorted(drawn) == sorted((s, to, verb) for (s, verb), to in TRANSITIONS.items())

    def test_tables_every_step_with_who_takes_it(self):
        row = r"^\| (\w+) \| (\w+) \| (\w+) \| (company|reviewer) \| (yes|no) \|$"
        tabled = re.findall(row, self.PAGE, re.MULTILINE)
        assert sorted(tabled) == sorted(
            (state, verb, to, "company" if verb in COMPANY_VERBS else "reviewer",
             "yes" if verb in REASONED_VERBS else "no")
            for (state, verb), to in TRANSITIONS.items()
        )  # fmt: skip

    def test_has_as_many_rows_in_chinese(self):
        chinese = re.findall(r"^\| .* \| (?:企业|审核员) \| [是否] \|$", self.PAGE, re.MULTILINE)
        assert len(chinese) == len(TRANSITIONS)
