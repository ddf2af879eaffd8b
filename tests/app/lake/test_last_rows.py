"""Labels read off last rows are those that are added up label by label."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, LIPSTICK, SERUM, Facts, seen
from tests.app.lake.test_counts_of_exports import OWN, asked, told

from linkstar.lake import export_counts
from linkstar.lake.export_plan import Plan, planned
from linkstar.lake.measures import measures, total_measures
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import COUNTS, PRODUCTS, Level, Scope, Selection, Source
from linkstar.lake.store import Lake

_folders = count()
WEEKS = [
    {"starts_on": start, "ends_before": start + timedelta(days=7)}
    for start in (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19))
]
ORDER = [(name, "ascending") for name in ("shop", "level", "creator", "content_id", "impressions")]


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, object]]:
    """What one week says: of each content at most once, with or without labels."""
    said = []
    for content in draw(st.sets(st.sampled_from([ADAS_VIDEO, BOS_VIDEO, "short"]), min_size=1)):
        some = {
            "creator": draw(st.sampled_from(["ada", "bo", None])),
            "content_title": draw(st.sampled_from(["One", "Another", None])),
            "content_type": draw(st.sampled_from(["video", None])),
            "product_ids": draw(st.sampled_from([None, [], [SERUM], [SERUM, LIPSTICK]])),
            "category": draw(st.sampled_from(["Beauty", "Beauty > Skin", None])),
            "currency": "USD",
            "orders": draw(st.sampled_from([1, 2, None])),
        }
        clicks, impressions = draw(st.integers(0, 9)), draw(st.integers(0, 99))
        said.append(seen(content, clicks, impressions, **some))
    return said


def label_by_label(lake: Lake, scope: Scope, selection: Selection) -> Plan:
    """As if newest rows had to be found first, which they are here."""
    plan = planned(lake, scope, selection)
    return replace(plan, contested=not plan.apart)


class TestLastRows:
    @settings(deadline=None, max_examples=20)
    @given(
        weeks=st.lists(rows(), min_size=2, max_size=3),
        level=st.sampled_from(Level),
        titles=st.booleans(),
        known=st.booleans(),
    )
    def test_tell_what_all_rows_tell(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        *,
        weeks: list[list[dict[str, object]]],
        level: Level,
        titles: bool,
        known: bool,
    ) -> None:
        facts = Facts(tmp_path_factory.mktemp(f"weeks-{next(_folders)}"))
        for place, said in enumerate(weeks):
            facts.say(f"imp_{place}", *said, **WEEKS[place])
        catalog = [{"shop": 1, "product_id": SERUM, "category": "Home"}] if known else []
        products = PRODUCTS.empty_table().from_pylist(catalog, schema=PRODUCTS)
        question = Selection(Source.EXPORTS, level, titles=titles, products=products)
        with pytest.MonkeyPatch.context() as patched:
            found = content_counts(facts.lake, OWN, question).table
            others = [each(facts.lake, OWN, question) for each in (measures, total_measures)]
            patched.setattr(export_counts, "planned", label_by_label)
            assert (
                content_counts(facts.lake, OWN, question)
                .table.sort_by(ORDER)
                .equals(found.sort_by(ORDER))
            )
        assert found.schema == COUNTS
        sums = [sum(filter(None, each["orders"].to_pylist())) for each in others]
        assert sums[0] == sums[1]

    def test_are_not_believed_for_a_label_that_only_an_earlier_row_has(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100, category="Beauty"), **WEEKS[0])
        facts.say("imp_2", seen(ADAS_VIDEO, 1, 30, product_ids=[SERUM]), **WEEKS[1])
        labels = ("category", "product_ids", "impressions")
        assert told(asked(facts, Level.CREATOR), *labels) == [("Beauty", [SERUM], 130)]

    def test_keep_the_title_of_a_content_that_has_nothing_else(self, facts: Facts) -> None:
        facts.say(
            "imp_1",
            {**seen("", 5, 100, content_title="Only a title"), "content_id": None},
            **WEEKS[0],
        )
        facts.say("imp_2", seen(ADAS_VIDEO, 1, 30, content_title="Another"), **WEEKS[1])
        found = asked(facts, Level.CREATOR, titles=False)
        assert told(found, "content_id", "content_title") == [
            (ADAS_VIDEO, None),
            (None, "Only a title"),
        ]
