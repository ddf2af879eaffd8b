"""How long the demo seller's landing pages took to open, as buyers' browsers tell the collector.

They go into a journal of their own and are loaded from there, as what a collector accepted is.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from linkstar.catalog.models import Shop
from linkstar.collector.landing_pages import seen
from linkstar.events.journal import Journal, frame_of
from linkstar.events.wire import WireEvent
from linkstar.lake.journaled import load_journal
from linkstar.lake.store import Lake
from linkstar.sample.labels import CHANNEL, Labels
from linkstar.sample.market import Market
from linkstar.sample.plan import ZONE
from linkstar.sample.tally import Tally
from linkstar.tracking.directory import RecordedDirectory

JOURNAL = "journal-sample"
DAYS = 28
VISITS_PER_CLICK = 2.5
"""People come to a page by other ways, too."""
USUAL_MS, SLOW_MS = 900, 6_400
SIGMA = 0.45
"""Of the logarithm of a wait around the median of its page."""
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
NETWORKS = [f"198.{18 + half}.{third}.0" for half in (0, 1) for third in range(256)]
"""Networks that are set apart for trials: nobody's."""


class Page(NamedTuple):
    """A product's page, and how many clicks led there on a day."""

    day: date
    shop: str
    product: str
    clicks: int


class Landing(NamedTuple):
    """One arrival at a page: which of the day's, how long it took, when, and from where."""

    number: int
    wait_ms: float
    minute: int
    network: int


def track_landings(
    market: Market, labels: Labels, tally: Tally, *, lake: Lake, collector: Path, now: datetime
) -> None:
    """Landings on the last 28 complete days; twice adds nothing.

    Args:
        market: the marketplace, whose stories say which page is slow.
        labels: its names.
        tally: counts of the demo seller's shops.
        lake: where they are loaded to.
        collector: the collectors' folder.
        now: the instant of loading.
    """
    slow = str(labels.product.values[market.stories.slow_product].as_py())
    draw = np.random.default_rng((market.seed, DAYS))
    journal = collector / JOURNAL
    with Journal(journal) as spool:
        told = _lines(_pages(market, tally), slow, draw)
        spool.commit([frame_of(b"".join(lines), len(lines)) for lines in told])
    while load_journal(lake, journal, RecordedDirectory(), now=now).segments:
        pass


def _pages(market: Market, tally: Tally) -> Iterator[Page]:
    last = market.ends_before - timedelta(days=1)  # not complete
    for day in (last - timedelta(days=back) for back in range(DAYS, 0, -1)):
        clicks: Counter[tuple[str, str]] = Counter()
        for row in tally.window(day, day + timedelta(days=1)).to_pylist():
            if row["event"] == "click":
                clicks[row["shop"], row["product_id"]] += row["many"]
        for (shop, product), many in sorted(clicks.items()):
            yield Page(day, shop, product, many)


def _lines(pages: Iterator[Page], slow: str, draw: np.random.Generator) -> Iterator[list[bytes]]:
    """The journal's lines of each page, where anybody arrived."""
    shops = {shop.external_id: shop for shop in Shop.objects.select_related("workspace")}
    for page in pages:
        arrived = int(draw.poisson(page.clicks * VISITS_PER_CLICK))
        median = SLOW_MS if page.product == slow else USUAL_MS
        waits = median * np.exp(draw.normal(0.0, SIGMA, arrived))
        minutes = draw.integers(8 * 60, 23 * 60, arrived)
        networks = draw.integers(0, len(NETWORKS), arrived)
        landings = zip(waits.tolist(), minutes.tolist(), networks.tolist(), strict=True)
        lines = [
            _line(page, shops[page.shop], Landing(number, *landing))
            for number, landing in enumerate(landings)
        ]
        if lines:
            yield lines


def _line(page: Page, shop: Shop, landing: Landing) -> bytes:
    midnight = datetime.combine(page.day, time(), ZoneInfo(ZONE))
    at = (midnight + timedelta(minutes=landing.minute)).astimezone(UTC)
    event = WireEvent(
        event_id=f"landing-{page.product}-{page.day:%m%d}-{landing.number}",
        kind="landing",
        occurred_at=at,
        product_id=page.product,
        channel=CHANNEL,
        load_ms=round(landing.wait_ms),
    )
    kept = seen(
        event,
        shop=shop.number,
        workspace=shop.workspace.number,
        network=NETWORKS[landing.network],
        agent=AGENT,
        visitor=f"{page.day:%m%d}{landing.network:04}{landing.number % 7}",
        now=at,
    )
    return msgspec.json.encode(kept) + b"\n"
