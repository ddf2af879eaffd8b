"""Pages over a lake of their own, with three creators and a benchmark to compare them with."""

import pyarrow as pa
import pytest
from tests.app.facts import ENDS_BEFORE, STARTS_ON, export

from linkstar.benchmarks.actions import import_benchmark, publish
from linkstar.config.places import Places
from linkstar.lake.store import Lake
from linkstar.web import facts

BEAUTY = "Beauty & Personal Care"


@pytest.fixture
def lake(settings, tmp_path) -> Lake:
    """The lake pages read, empty."""
    settings.PLACES = Places(tmp_path)
    return facts.lake()


def published_edition(cast, now):
    """A published benchmark of 2 % that only Lin's workspace reads."""
    figures = {
        "category": ["", BEAUTY],
        "definition": ["product_impressions"] * 2,
        "impressions": [9_000_000, 4_000_000],
        "clicks": [180_000, 80_000],
        "p25": [0.012, 0.012],
        "median": [0.018, 0.018],
        "p75": [0.028, 0.028],
    }
    draft = import_benchmark(
        pa.table(figures),
        workspace=cast.workspace,
        market="US",
        starts_on=STARTS_ON,
        ends_before=ENDS_BEFORE,
        source_name="Agency report",
        licence="CC BY 4.0",
        user=cast.lin,
        now=now,
    )
    return publish(draft, user=cast.lin, now=now)


@pytest.fixture
def edition(cast, now):
    return published_edition(cast, now)


def contents(creator: str, *, videos: int, clicks: int, impressions: int = 10_000) -> list[dict]:
    """Videos of one creator that differ a little, as videos do."""
    return [
        {
            "content_id": f"{creator}-{place}",
            "creator": creator,
            "creator_name": creator.title(),
            "content_title": f"{creator.title()} video {place}",
            "product_ids": ["serum"],
            "category": BEAUTY,
            "product_impressions": impressions,
            "product_clicks": clicks + (place % 3 - 1) * clicks // 10,
        }
        for place in range(videos)
    ]


@pytest.fixture
def shop_with_facts(cast, lake, edition):
    """Ada is clicked 2.5 times as often as the benchmark, Bo half as often, Cy is hardly seen."""
    rows = [
        *contents("ada", videos=12, clicks=500),
        *contents("bo", videos=12, clicks=100),
        *contents("cy", videos=1, clicks=1, impressions=120),
    ]
    export(lake, cast.shop, rows)
    export(lake, cast.other_shop, contents("otto.star", videos=3, clicks=400))
    return cast.shop


@pytest.fixture
def lin(client, cast):
    """Lin's browser."""
    client.force_login(cast.lin)
    return client
