"""What people call states, definitions, sources, dimensions and their values."""

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linkstar.events import words
from linkstar.events.vocabulary import Segment
from linkstar.insights.answers import HELD_BACK
from linkstar.insights.questions import By, Source
from linkstar.stats.ctr import Definition
from linkstar.stats.states import State

Label = Any
"""A string, or one that is translated when it is printed."""

STATES: dict[State, Label] = {
    State.ABOVE: _("above the market"),
    State.BELOW: _("below the market"),
    State.CANNOT_TELL: _("cannot tell"),
    State.NOT_ENOUGH_DATA: _("not enough data"),
    State.BENCHMARK_WITHHELD: _("benchmark not published"),
    State.BENCHMARK_UNSTABLE: _("benchmark too uncertain"),
    State.BENCHMARK_MISSING: _("no benchmark"),
    State.SUSPICIOUS: _("suspicious traffic"),
    State.NO_DATA: _("no data"),
}
BY: dict[By, Label] = {
    By.CREATOR: pgettext_lazy("list", "Creators"),
    By.CONTENT: pgettext_lazy("list", "Contents"),
    By.PRODUCT: _("Products"),
    By.CATEGORY: _("Categories"),
    By.SHOP: pgettext_lazy("list", "Shops"),
}
ONE: dict[By, Label] = {
    By.CREATOR: _("Creator"),
    By.CONTENT: _("Content"),
    By.PRODUCT: _("Product"),
    By.CATEGORY: _("Category"),
    By.SHOP: _("Shop"),
}
DEFINITIONS: dict[Definition, Label] = {
    Definition.PRODUCT_IMPRESSIONS: _("clicks / product impressions"),
    Definition.VIDEO_VIEWS: _("clicks / video views"),
    Definition.LIVE_VIEWS: _("clicks / LIVE views"),
    Definition.UNIQUE_PRODUCT_IMPRESSIONS: _("people who clicked / people who saw"),
    Definition.SHOP_TAB_IMPRESSIONS: _("clicks / Shop tab impressions"),
}
SOURCES: dict[Source, Label] = {
    Source.EXPORTS: _("platform exports"),
    Source.TRACKED: _("tracked events"),
}
SEGMENTS: dict[Segment, Label] = {one: _(word) for one, word in words.SEGMENTS.items()}


def market_name(market: str) -> str:
    """`US market`, as it stands in a sentence."""
    if market == "US":
        return gettext("US market")
    return gettext("%(market)s market") % {"market": market}


def state_name(state: str) -> str:
    return str(STATES[State(state)])


def held_back_words(reason: str) -> str:
    """Why there is no verdict where the interval leaves out the benchmark."""
    return gettext(HELD_BACK[reason])


def segment_value(segment: Segment, value: str | None) -> str:
    """How a value of a dimension is called; as it came where nobody named it."""
    return gettext(words.segment_word(segment, value))


def content_type_name(value: str | None) -> str:
    return segment_value(Segment.CONTENT_TYPE, value) if value else "–"
