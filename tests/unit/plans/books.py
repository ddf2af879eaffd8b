"""Shops' books drawn at random: plans of every kind, named creators, promotions, incentives."""

from datetime import date, timedelta

from hypothesis import strategies as st

from linkstar.plans.book import CategoryFrom, ShopBook
from linkstar.plans.rules import (
    Funder,
    Grant,
    GrantKind,
    Kind,
    Named,
    Promise,
    Promotion,
    Scope,
    Version,
)
from linkstar.plans.terms import terms_of

FIRST = date(2026, 9, 1)
CREATORS = ("ada", "bo")
PRODUCTS = ("serum", "mop", "unlisted")
CATEGORIES = ("", "Beauty", "Beauty > Skincare", "Home")
days = st.integers(0, 90).map(lambda n: FIRST + timedelta(days=n))
ends = st.none() | st.integers(20, 110).map(lambda n: FIRST + timedelta(days=n))
rates = st.sampled_from((800, 1_000, 1_200, 1_500, 1_800))


@st.composite
def promises(draw, number: int) -> Promise:
    kind = draw(st.sampled_from(Kind))
    scope = Scope.SHOP if kind is Kind.DEFAULT else draw(st.sampled_from(Scope))
    starts = draw(st.lists(days, min_size=1, max_size=3))
    start = min(starts)
    spans = draw(st.lists(st.tuples(st.sampled_from(CREATORS), days, ends), max_size=3))
    return Promise(
        plan=f"p{number}",
        kind=kind,
        scope=scope,
        starts_on=start,
        versions=tuple(
            Version(n, on, draw(rates), draw(st.none() | rates)) for n, on in enumerate(starts)
        ),
        category=draw(st.sampled_from(CATEGORIES[1:])) if scope is Scope.CATEGORY else "",
        product=draw(st.sampled_from(PRODUCTS)) if scope is Scope.PRODUCT else "",
        ends_before=draw(ends.filter(lambda end: end is None or end > start)),
        stops_before=draw(ends.filter(lambda end: end is None or end > start)),
        named=tuple(Named(*span) for span in spans),
    )


@st.composite
def grants(draw, number: int) -> Grant:
    scope = draw(st.sampled_from(Scope))
    start = draw(days)
    return Grant(
        incentive=f"i{number}",
        kind=draw(st.sampled_from(GrantKind)),
        scope=scope,
        starts_on=start,
        ends_before=start + timedelta(days=draw(st.integers(1, 40))),
        category=draw(st.sampled_from(CATEGORIES[1:])) if scope is Scope.CATEGORY else "",
        product=draw(st.sampled_from(PRODUCTS)) if scope is Scope.PRODUCT else "",
        creator=draw(st.sampled_from(("", *CREATORS))),
        bonus_bps=draw(rates),
        funded_by=draw(st.sampled_from(Funder)),
    )


@st.composite
def histories(draw) -> tuple[CategoryFrom, ...]:
    later = draw(st.dictionaries(days, st.sampled_from(CATEGORIES), max_size=2))
    first = CategoryFrom(date.min, draw(st.sampled_from(CATEGORIES)))
    return (first, *(CategoryFrom(*one) for one in sorted(later.items())))


@st.composite
def promotions(draw) -> Promotion:
    start = draw(days)
    end = draw(st.none() | st.integers(1, 60).map(lambda n: start + timedelta(days=n)))
    return Promotion(draw(st.sampled_from(CREATORS)), draw(st.sampled_from(PRODUCTS)), start, end)


@st.composite
def books(draw) -> ShopBook:
    return ShopBook(
        terms=terms_of("US"),
        promises=tuple(draw(promises(n)) for n in range(draw(st.integers(0, 6)))),
        categories={product: draw(histories()) for product in PRODUCTS[:2]},
        promotions=tuple(draw(st.lists(promotions(), max_size=5))),
        grants=tuple(draw(grants(n)) for n in range(draw(st.integers(0, 4)))),
    )
