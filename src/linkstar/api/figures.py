"""CTR uplift with its interval, over time, by segment, and what changed between two periods."""

from datetime import date
from math import isfinite
from typing import Annotated, Any, Literal, Self

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field, model_validator

from linkstar.api.calling import READS, Seller, log, now, seller_of
from linkstar.api.files import CSV, WORKBOOK, file_answers
from linkstar.api.paging import AskedPiece, page_of_things
from linkstar.api.products import own_product
from linkstar.api.shapes import Code, Day, Number, Page, Text, choices
from linkstar.api.shops import chosen_shops
from linkstar.events.vocabulary import Channel, ContentType, Segment
from linkstar.insights.answers import UpliftAnswer, benchmark_json
from linkstar.insights.changes import Along
from linkstar.insights.queries import compare, landing_speed, segments, trend, uplift
from linkstar.insights.questions import IMPRESSIONS_MIN, By, Filters, Question, Source
from linkstar.lake.landing import LandingSpeed
from linkstar.stats.ctr import Definition
from linkstar.stats.states import State
from linkstar.web.facts import lake
from linkstar.web.uplift_file import Asked as AskedOfFile
from linkstar.web.uplift_file import uplift_file

router = Router()
Verdict = Annotated[State, choices(State)]


class Ctr(Schema):
    """A ratio of sums, with what it is made of; null where nothing was shown."""

    numerator: int
    denominator: int
    ratio: float | None
    definition: Definition

    @classmethod
    def of(cls, clicks: int | None, impressions: int | None, definition: Definition) -> Self:
        shown, clicked = impressions or 0, clicks or 0
        ratio = clicked / shown if shown else None
        return cls(numerator=clicked, denominator=shown, ratio=ratio, definition=definition)


class UpliftTold(Schema):
    """`ctr / benchmark - 1` with its interval: 1.5 is +150 %.

    `impressions` are those that have a benchmark, `ctr` is over them, and `benchmark_ctr` is for
    the same mix of contents. `confidence` is the interval's.
    """

    ratio: float
    low: float | None
    high: float | None
    confidence: float
    ctr: float
    benchmark_ctr: float
    impressions: int
    probability_above: float | None


class RankingTold(Schema):
    """The same estimate drawn towards what is usual, by which rows are ranked."""

    uplift: float
    low: float | None
    high: float | None
    expected_rank: float | None


class Row(Schema):
    """One creator, content, product, category or shop.

    Where no verdict can be given, `state` says why, `uplift` may be null, and
    `impressions_needed` how many it takes in all, null where no number would do.
    """

    key: str
    name: str | None
    segment: str | None
    contents: int | None
    ctr: Ctr
    clicks_derived: bool
    uplift: UpliftTold | None
    state: Verdict
    impressions_needed: int | None
    ranking: RankingTold | None
    category: str | None
    benchmark_category: str | None
    content_type: str | None
    channel: str | None
    shop_id: str | None
    creator: str | None
    content_url: str | None
    posted_on: date | None


class Edition(Schema):
    """Which benchmark was compared with."""

    id: str
    market: str
    source: str
    source_name: str
    licence: str
    version: int
    starts_on: date | None
    ends_before: date | None


class Rows(Page[Row]):
    """An answer: what was counted, against what, and a piece of its rows."""

    by: By
    market: str
    definition: Definition
    source: Source | None
    starts_on: date | None
    ends_before: date | None
    benchmark: Edition | None
    total: Row | None
    notes: list[dict[str, Any]]


class Point(Schema):
    """One week, or one window of exports."""

    starts_on: date
    ends_before: date
    ctr: Ctr
    ctr_low: float | None
    ctr_high: float | None
    benchmark_ctr: float | None
    uplift: float | None
    low: float | None
    high: float | None
    state: Verdict


class Points(Schema):
    """Weeks in order, earliest first."""

    definition: Definition
    items: list[Point]


class Part(Schema):
    """One part of the mix in both periods, and what it did to the CTR."""

    part: str
    before: Ctr
    after: Ctr
    rate_effect: float | None
    mix_effect: float | None


class CtrChangeTold(Schema):
    """`after - before = rate_effect + mix_effect`; null where a period shows nothing."""

    along: Along
    before: Ctr
    after: Ctr
    rate_effect: float | None
    mix_effect: float | None
    parts: list[Part]


class SpeedTold(Schema):
    """How long buyers waited; null with how many landings it takes where too few were measured."""

    landings: int
    landings_needed: int | None
    p50_ms: int | None
    p75_ms: int | None
    p95_ms: int | None
    others_p50_ms: int | None


class Days(Schema):
    """Days in the shop's zone, the last one not included; what is left out is open."""

    starts_on: Day | None = None
    ends_before: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_on and self.ends_before and self.starts_on >= self.ends_before:
            raise ValueError(_("a period that ends after it begins"))
        return self


class Period(Days):
    """Days of one shop, or of all."""

    shop_id: Code = ""


class Asking(Period):
    """Whose figures, by what, when, and against which benchmark."""

    by: Literal[By.CREATOR, By.CONTENT, By.PRODUCT, By.CATEGORY, By.SHOP] = By.CREATOR
    definition: Definition = Definition.PRODUCT_IMPRESSIONS
    source: Source | None = None
    benchmark_id: Code = ""
    impressions_min: Annotated[int, Field(ge=1, le=10**9)] = IMPRESSIONS_MIN
    confidence: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    creator: Annotated[Text, Field(max_length=120)] = ""
    content: Code = ""
    product: Code = ""
    category: Annotated[Text, Field(max_length=300)] = ""
    content_type: ContentType | None = None
    channel: Channel | None = None
    text: Annotated[Text, Field(max_length=200)] = ""

    def question(self, seller: Seller) -> Question:
        shops = chosen_shops(seller, self.shop_id)
        return Question(
            workspace=seller.workspace.number,
            shops=tuple(shop.number for shop in shops),
            by=By(self.by),
            market=shops[0].market if shops else "US",
            definition=self.definition,
            source=self.source,
            starts_on=self.starts_on,
            ends_before=self.ends_before,
            benchmark_id=self.benchmark_id or None,
            impressions_min=self.impressions_min,
            confidence=self.confidence,
            filters=Filters(
                creator=self.creator,
                content=self.content,
                product=self.product,
                category=self.category,
                content_type=self.content_type or "",
                channel=self.channel or "",
                text=self.text,
            ),
        )


class AskingOne(Asking):
    """The same about one row, by its key; without a key about everything counted."""

    key: Annotated[Text, Field(max_length=300)] = ""


def known(value: float | None) -> float | None:
    """A figure, or null where it cannot be told."""
    return value if value is not None and isfinite(value) else None


def row_told(row: dict[str, Any], answer: UpliftAnswer, seller: Seller, confidence: float) -> Row:
    """One row of an answer."""
    shops = {shop.number: shop.id for shop in seller.shops}
    return Row(
        key=row["key"] or "",
        name=row["name"],
        segment=row["segment"],
        contents=row["contents"],
        ctr=Ctr.of(row["clicks"], row["impressions"], answer.definition),
        clicks_derived=bool(row["clicks_derived"]),
        uplift=_uplift_told(row, confidence),
        state=State(row["state"]),
        impressions_needed=row["impressions_needed"],
        ranking=_ranking_told(row),
        category=row["category"],
        benchmark_category=row["benchmark_category"],
        content_type=row["content_type"],
        channel=row["channel"],
        shop_id=shops.get(row["shop"] or 0),
        creator=row["creator"],
        content_url=row["content_url"],
        posted_on=row["posted_on"],
    )


def _uplift_told(row: dict[str, Any], confidence: float) -> UpliftTold | None:
    ratio, ctr, reference = (known(row[name]) for name in ("uplift", "ctr", "benchmark_ctr"))
    if ratio is None or ctr is None or reference is None:
        return None
    return UpliftTold(
        ratio=ratio,
        low=known(row["low"]),
        high=known(row["high"]),
        confidence=confidence,
        ctr=ctr,
        benchmark_ctr=reference,
        impressions=row["covered_impressions"] or 0,
        probability_above=known(row["probability_above"]),
    )


def _ranking_told(row: dict[str, Any]) -> RankingTold | None:
    shrunken = known(row["shrunken_uplift"])
    if shrunken is None:
        return None
    return RankingTold(
        uplift=shrunken,
        low=known(row["shrunken_low"]),
        high=known(row["shrunken_high"]),
        expected_rank=known(row["expected_rank"]),
    )


def _answered(answer: UpliftAnswer, seller: Seller, asked: Asking, piece: AskedPiece) -> Rows:
    def told(row: dict[str, Any]) -> Row:
        return row_told(row, answer, seller, asked.confidence)

    page = page_of_things(answer.rows.to_pylist(), piece, told)
    [*totals] = answer.total.to_pylist()
    benchmark = benchmark_json(answer.benchmark)
    return Rows(
        by=answer.by,
        market=answer.market,
        definition=answer.definition,
        source=answer.source,
        starts_on=answer.starts_on,
        ends_before=answer.ends_before,
        benchmark=Edition.model_validate(benchmark) if benchmark else None,
        total=told(totals[0]) if totals else None,
        notes=[note.as_dict() for note in answer.notes],
        items=page.items,
        next_cursor=page.next_cursor,
    )


@router.get("uplift", response=Rows, auth=READS)
def uplift_rows(request: HttpRequest, piece: AskedPiece, asked: Query[Asking]) -> Rows:
    """CTR uplift of every creator, content, product, category or shop.

    The best by the estimate for ranking come first, those without a verdict last.
    """
    seller = seller_of(request)
    return _answered(uplift(lake(), asked.question(seller)), seller, asked, piece)


@router.get("uplift/file", auth=READS, openapi_extra=file_answers(CSV, WORKBOOK))
def uplift_table(
    request: HttpRequest, asked: Query[Asking], form: Literal["csv", "xlsx"] = "csv"
) -> HttpResponse:
    """Every row as a table, in words of the language asked for; XLSX says first what was asked."""
    seller, question = seller_of(request), asked.question(seller_of(request))
    answer = uplift(lake(), question)
    log(request, "uplift.exported", form, rows=answer.rows.num_rows)
    about = AskedOfFile(question, seller.workspace.name, chosen_shops(seller, asked.shop_id))
    return uplift_file(form, answer.rows, about, answer, now=now())


@router.get("uplift/segments", response=Rows, auth=READS)
def uplift_segments(
    request: HttpRequest, piece: AskedPiece, asked: Query[AskingOne], dimension: Segment
) -> Rows:
    """One row, or everything, cut along one line; each segment against its own benchmark."""
    seller = seller_of(request)
    answer = segments(lake(), asked.question(seller), asked.key or None, dimension)
    return _answered(answer, seller, asked, piece)


@router.get("uplift/trend", response=Points, auth=READS)
def uplift_trend(request: HttpRequest, asked: Query[AskingOne]) -> Points:
    """Counts, CTR and uplift by ISO week, each against the benchmark of its own week."""
    rows = trend(lake(), asked.question(seller_of(request)), asked.key or None).to_pylist()
    return Points(
        definition=asked.definition,
        items=[
            Point(
                starts_on=row["starts_on"],
                ends_before=row["ends_before"],
                ctr=Ctr.of(row["clicks"], row["impressions"], asked.definition),
                state=State(row["state"]),
                **{
                    name: known(row[name])
                    for name in ("ctr_low", "ctr_high", "benchmark_ctr", "uplift", "low", "high")
                },
            )
            for row in rows
        ],
    )


@router.get("uplift/change", response=CtrChangeTold, auth=READS)
def uplift_change(
    request: HttpRequest,
    asked: Query[AskingOne],
    compared_from: Day,
    compared_before: Day,
    along: Along = Along.CATEGORY,
) -> CtrChangeTold:
    """How CTR changed from another period to the one asked about: better rates, or another mix."""
    other = (compared_from, compared_before)
    question = asked.question(seller_of(request))
    found = compare(lake(), question, other, key=asked.key or None, along=along)
    before = Ctr.of(found.clicks_before, found.impressions_before, asked.definition)
    return CtrChangeTold(
        along=found.along,
        before=before,
        after=Ctr.of(found.clicks, found.impressions, asked.definition),
        rate_effect=known(found.rate_effect),
        mix_effect=known(found.mix_effect),
        parts=[_part_told(part, asked.definition) for part in found.parts.to_pylist()],
    )


def _part_told(part: dict[str, Any], definition: Definition) -> Part:
    def ctr(when: str) -> Ctr:
        shown, ratio = part[f"impressions{when}"], part[f"ctr{when}"]
        return Ctr.of(round((ratio or 0) * shown), shown, definition)

    return Part(
        part=part["part"],
        before=ctr("_before"),
        after=ctr(""),
        rate_effect=known(part["rate_effect"]),
        mix_effect=known(part["mix_effect"]),
    )


@router.get("products/{product_id}/landing-speed", response=SpeedTold, auth=READS)
def product_landing_speed(
    request: HttpRequest, product_id: Number, period: Query[Period]
) -> SpeedTold:
    """How fast the product's landing page opened for buyers."""
    seller = seller_of(request)
    product = own_product(seller, product_id)
    question = Asking(
        shop_id=product.shop_id, starts_on=period.starts_on, ends_before=period.ends_before
    ).question(seller)
    found = landing_speed(lake(), question, product.external_id)
    if isinstance(found, LandingSpeed):
        return SpeedTold(
            landings=found.landings,
            landings_needed=None,
            p50_ms=found.p50_ms,
            p75_ms=found.p75_ms,
            p95_ms=found.p95_ms,
            others_p50_ms=found.others_p50_ms,
        )
    return SpeedTold(
        landings=found.landings,
        landings_needed=found.landings_needed,
        p50_ms=None,
        p75_ms=None,
        p95_ms=None,
        others_p50_ms=None,
    )
