"""Why a table is empty, said of what there is."""

from datetime import date

import pytest

from linkstar.events.vocabulary import Segment
from linkstar.insights.questions import By, Question, Source
from linkstar.lake.coverage import Coverage
from linkstar.stats.ctr import Definition
from linkstar.web.emptiness import emptiness
from linkstar.web.periods import Period, PeriodName

AUGUST = Period(PeriodName.CUSTOM, date(2026, 8, 1), date(2026, 9, 1))
IN_AUGUST = Coverage(
    source=Source.EXPORTS,
    level="creator",
    definition=Definition.PRODUCT_IMPRESSIONS,
    starts_on=date(2026, 8, 3),
    ends_before=date(2026, 8, 31),
    impressions=10,
    clicks=1,
    segments=(Segment.CHANNEL,),
)


def asked(**more):
    return Question(workspace=1, shops=(1,), **more)


class TestAnEmptyTable:
    def test_of_a_shop_without_any_figures_has_no_reason_but_that(self):
        assert emptiness(asked(), AUGUST, []) is None

    def test_of_products_does_not_lead_to_the_days_it_shows_already(self):
        found = emptiness(asked(by=By.PRODUCT), AUGUST, [IN_AUGUST])
        assert found.changes == {}
        assert "Transaction Analysis" in found.why

    def test_of_other_days_leads_to_all_days(self):
        july = Period(PeriodName.CUSTOM, date(2026, 7, 1), date(2026, 8, 1))
        assert emptiness(asked(), july, [IN_AUGUST]).changes["period"] == "all"

    @pytest.mark.parametrize(
        ("more", "changes"),
        [
            ({"source": Source.TRACKED}, {"source": None}),
            ({"definition": Definition.LIVE_VIEWS}, {"definition": "product_impressions"}),
            ({"segment": Segment.GENDER}, {"segment": None}),
        ],
    )
    def test_leads_to_what_there_is(self, more, changes):
        assert emptiness(asked(**more), AUGUST, [IN_AUGUST]).changes == changes
