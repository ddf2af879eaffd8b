import math
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.recommendations.rules import (
    EXPLORATION_SHARE,
    PLACES,
    Candidate,
    Facts,
    Fit,
    Reason,
    draw,
    fit_of,
    inclusion_probabilities,
    is_tried,
    price_of,
    proven,
    recommend,
    score,
    seed_of,
)

BEAUTY = "Beauty > Skincare"


def facts(shrunken=0.5, *, impressions=100_000, contents=10, half=0.2) -> Facts:
    return Facts(impressions, contents, shrunken, shrunken - half, shrunken + half, 0.02)


def known(name: str, shrunken=0.5, *, fit=Fit.SAME, **more) -> Candidate:
    return Candidate(name, fit, facts(shrunken, **more))


def fresh(name: str, fit=Fit.SAME) -> Candidate:
    return Candidate(name, fit)


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        creator=st.integers(0, 10_000).map(lambda n: f"crt_{n:05}"),
        fit=st.sampled_from(Fit),
        facts=st.none()
        | st.builds(
            facts,
            st.floats(-0.9, 3.0),
            impressions=st.integers(1, 10**7),
            contents=st.integers(0, 200),
        ),
        followers=st.none() | st.integers(0, 10**8),
        price_minor=st.none() | st.integers(0, 10**6),
        tier=st.sampled_from(["", "nano", "micro", "mid", "macro", "mega"]),
    ),
    unique_by=lambda c: c.creator,
    max_size=80,
)


class TestFit:
    @pytest.mark.parametrize(
        ("categories", "fit"),
        [
            ([BEAUTY], Fit.SAME), (["Beauty"], Fit.SAME), ([f"{BEAUTY} > Serums"], Fit.SAME),
            (["Beauty > Makeup"], Fit.NEAR), (["Home"], Fit.OTHER), ([], Fit.UNKNOWN),
            (["Home", "Beauty"], Fit.SAME), (["Beauty > Skin"], Fit.NEAR),
        ],
    )  # fmt: skip
    def test_is_told_by_paths(self, categories, fit):
        assert fit_of(BEAUTY, categories) is fit

    def test_of_a_product_without_category_is_not_known(self):
        assert fit_of("", ["Beauty"]) is Fit.UNKNOWN

    @pytest.mark.parametrize(
        ("stated", "impressions", "fit"),
        [(Fit.UNKNOWN, 1_000, Fit.NEAR), (Fit.OTHER, 9_000, Fit.NEAR), (Fit.SAME, 9_000, Fit.SAME),
         (Fit.UNKNOWN, 999, Fit.UNKNOWN)],
    )  # fmt: skip
    def test_is_near_once_facts_show_it(self, stated, impressions, fit):
        assert proven(stated, facts(impressions=impressions)) is fit
        assert proven(stated, None) is stated


class TestAScore:
    def test_expects_the_market_of_who_has_no_facts(self):
        assert score(fresh("a")) == 1.0

    def test_puts_a_creator_below_the_market_behind_one_nobody_knows(self):
        listed = recommend([known("a", -0.3), fresh("b"), known("c", 0.1)], seed=1)
        assert [place.candidate.creator for place in listed] == ["c", "b", "a"]

    def test_prefers_the_surer_of_two_equals(self):
        sure = known("z", 0.5, half=0.1)
        listed = recommend([known("a", 0.5, half=0.4), sure], seed=1)
        assert listed[0].candidate is sure


class TestAPrice:
    def test_is_that_of_a_thousand_expected_clicks_with_its_interval(self):
        asked = replace(known("a", 0.5), price_minor=30_000)
        price = price_of(asked)
        # 10,000 impressions a content x 2 % x 1.5 = 300 clicks for $300.00
        assert price.per_thousand_clicks_minor == pytest.approx(100_000)
        assert price.low_minor < price.per_thousand_clicks_minor < price.high_minor

    def test_is_not_made_up(self):
        assert price_of(replace(fresh("a"), price_minor=100)) is None
        assert price_of(known("a")) is None
        assert price_of(replace(known("a", contents=0), price_minor=100)) is None

    def test_of_a_lower_limit_without_clicks_is_unbounded(self):
        asked = replace(known("a", 0.0, half=1.0), price_minor=100)
        assert math.isinf(price_of(asked).high_minor)


class TestAList:
    @given(CANDIDATES, st.integers(0, 2**40))
    def test_places_everybody_once_and_no_more_than_there_are_places(self, people, seed):
        listed = recommend(people, seed=seed)
        names = [place.candidate.creator for place in listed]
        assert len(names) == len(set(names)) == min(PLACES, len(people))
        assert [place.position for place in listed] == list(range(1, len(listed) + 1))

    @given(CANDIDATES, st.integers(0, 2**40), st.randoms())
    def test_is_the_same_whatever_order_the_candidates_come_in(self, people, seed, random):
        mixed = list(people)
        random.shuffle(mixed)
        assert recommend(mixed, seed=seed) == recommend(people, seed=seed)

    @given(CANDIDATES, st.integers(0, 2**40))
    def test_tries_only_who_was_not_tried_with_a_true_probability(self, people, seed):
        for place in recommend(people, seed=seed):
            assert 0 < place.probability <= 1
            if place.is_exploration:
                assert not is_tried(place.candidate)
                assert place.candidate.fit is not Fit.OTHER
                assert Reason.TO_TRY in place.reasons
            else:
                assert place.probability == 1

    @given(CANDIDATES, st.integers(0, 2**40))
    def test_keeps_the_best_in_order_of_their_scores(self, people, seed):
        best = [p.score for p in recommend(people, seed=seed) if not p.is_exploration]
        assert best == sorted(best, reverse=True)

    def test_gives_a_share_of_its_places_to_new_creators(self):
        people = [known(f"k{n:02}", 0.1 + n / 100) for n in range(50)]
        people += [fresh(f"n{n:02}") for n in range(50)]
        listed = recommend(people, seed=7)
        tries = [place.position for place in listed if place.is_exploration]
        assert len(tries) == round(PLACES * EXPLORATION_SHARE)
        assert tries == [5, 10, 15, 20]

    def test_without_any_facts_is_by_fit_alone_and_draws_nothing(self):
        people = [fresh("a", Fit.OTHER), fresh("b", Fit.SAME), fresh("c", Fit.NEAR)]
        listed = recommend(people, seed=1)
        assert [place.candidate.creator for place in listed] == ["b", "c", "a"]
        assert not any(place.is_exploration for place in listed)
        assert all(Reason.NO_FACTS in place.reasons for place in listed)

    def test_says_who_is_worth_the_price(self):
        people = [replace(known(f"k{n}", 0.2), price_minor=10_000 * (n + 1)) for n in range(8)]
        people[0] = replace(people[0], tier="mid")
        told = {p.candidate.creator: p.reasons for p in recommend(people, seed=1)}
        assert {Reason.GOOD_PRICE, Reason.MID_SIZE} <= set(told["k0"])
        assert Reason.GOOD_PRICE not in told["k7"]


class TestTheDraw:
    @given(st.lists(st.floats(0.05, 10), min_size=1, max_size=60), st.integers(1, 20))
    def test_has_probabilities_that_add_up_to_its_size(self, weights, draws):
        chance = inclusion_probabilities(weights, draws)
        assert chance.sum() == pytest.approx(min(draws, len(weights)))
        assert (chance > 0).all()
        assert (chance <= 1 + 1e-12).all()

    @settings(max_examples=40)
    @given(st.integers(5, 60), st.integers(1, 5), st.integers(0, 2**40))
    def test_draws_as_many_as_asked_for(self, people, draws, seed):
        drawn = draw([fresh(f"n{n}") for n in range(people)], draws, seed=seed)
        assert len(drawn) == draws == len({one.creator for one, _ in drawn})

    def test_draws_each_as_often_as_it_says(self):
        people = [fresh(f"s{n}") for n in range(10)] + [
            fresh(f"u{n}", Fit.UNKNOWN) for n in range(10)
        ]
        times, told = Counter(), {}
        runs = 4_000
        for seed in range(runs):
            for one, chance in draw(people, 4, seed=seed):
                times[one.creator] += 1
                told[one.creator] = chance
        seen = np.array([times[p.creator] / runs for p in people])
        said = np.array([told[p.creator] for p in people])
        error = np.sqrt(said * (1 - said) / runs)
        assert np.abs((seen - said) / error).max() < 4.5


def test_a_seed_is_of_the_shop_the_product_and_the_day():
    day = date(2026, 10, 22)
    seeds = {
        seed_of("shp_1", "1", day), seed_of("shp_2", "1", day), seed_of("shp_1", "2", day),
        seed_of("shp_1", "1", date(2026, 10, 23)),
    }  # fmt: skip
    assert len(seeds) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert seed_of("shp_1", "1", day) == 2**62 or seed_of("shp_1", "1", day) in seeds
