"""Sets the sample marketplace up, through the same doors as anybody's data."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from linkstar.accounts.models import User, Workspace
from linkstar.accounts.queries import is_fresh_installation
from linkstar.benchmarks.actions import build_benchmark, publish
from linkstar.benchmarks.models import Benchmark, EditionState
from linkstar.benchmarks.rules import newest_whole_weeks
from linkstar.catalog.models import Shop
from linkstar.catalog.taxonomy import load_categories
from linkstar.commissions.actions import work_through
from linkstar.connectors.actions import import_path
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.store import Lake
from linkstar.sample.drawing import draw_market
from linkstar.sample.event_files import write_event_files
from linkstar.sample.labels import Labels, labels_of
from linkstar.sample.landings import track_landings
from linkstar.sample.market import Market, Size
from linkstar.sample.papers import join_affiliate
from linkstar.sample.people import (
    OWNER_EMAIL,
    VIEWER_EMAIL,
    add_sample_people,
    demo_workspace,
    open_sample_shops,
    sample_password,
    still_opens,
)
from linkstar.sample.plan import SEED, ZONE, Plan, read_plan
from linkstar.sample.programme import CREATOR_EMAIL, promise_elsewhere, run_programme
from linkstar.sample.sales import Sales
from linkstar.sample.seller_files import write_seller_files
from linkstar.sample.tally import Tally
from linkstar.sample.truth import truth_table
from linkstar.settlements.actions import close_last_period

BENCHMARK_WEEKS = 10


class Step(StrEnum):
    """What is being done, in order."""

    PEOPLE = "people"
    EVENTS = "events"
    ROLLUPS = "rollups"
    BENCHMARK = "benchmark"
    FILES = "files"
    ORDERS = "orders"


Progress = Callable[[Step, int, int], None]
"""Called with the step, days done and days in all (1 of 1 for steps without days)."""


class InstallationInUse(RuntimeError):
    """People already work here; sample data is not put beside theirs unless they agree."""


@dataclass(frozen=True, slots=True)
class SamplePlaces:
    """Where the sample keeps its things below the data directory."""

    data: Path
    lake: Path
    collector: Path

    @property
    def plan(self) -> Path:
        return self.data / "sample-plan.json"

    @property
    def sign_in(self) -> Path:
        return self.data / "sample-sign-in"

    @property
    def truth(self) -> Path:
        return self.data / "sample-truth.parquet"

    @property
    def files(self) -> Path:
        return self.data / "sample-files"

    @property
    def events(self) -> Path:
        return self.data / "sample-events"


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample as it stands: `created` is False when it was there already."""

    created: bool
    plan: Plan
    password: str | None
    """Of the sample's people; None when they have chosen another."""
    owner: str = OWNER_EMAIL
    viewer: str = VIEWER_EMAIL
    creator: str = CREATOR_EMAIL


def set_up_sample(
    places: SamplePlaces,
    *,
    now: datetime,
    scale: int = 1,
    seed: int = SEED,
    size: Size | None = None,
    language: str = "zh-hans",
    beside_others: bool = False,
    progress: Progress = lambda _step, _done, _total: None,
) -> Sample:
    """The sample marketplace, set up unless it is there; an interrupted run is taken up again.

    Args:
        places: where the installation keeps its things.
        now: the instant up to which the marketplace has happened.
        scale: multiplies impressions.
        seed: which marketplace.
        size: its size at scale 1; the documented one unless given.
        language: of the sample's people.
        beside_others: put it into an installation in which people already work.
        progress: told what is being done.

    Raises:
        InstallationInUse: people work here and `beside_others` is not set.
    """
    begun = read_plan(places.plan)
    if begun is None and not beside_others and not is_fresh_installation():
        raise InstallationInUse
    plan = begun or Plan(seed=seed, scale=scale, size=size or Size(), now=now)
    if not plan.done:
        plan.write(places.plan)
        _set_up(places, plan, language, progress)
        replace(plan, done=True).write(places.plan)
    password = sample_password(places.sign_in)
    return Sample(not plan.done, plan, password if still_opens(password) else None)


def _set_up(places: SamplePlaces, plan: Plan, language: str, progress: Progress) -> None:
    progress(Step.PEOPLE, 0, 1)
    load_categories()
    market = draw_market(seed=plan.seed, size=plan.scaled, ends_before=plan.ends_before)
    labels = labels_of(market)
    open_sample_shops(market, now=plan.now)
    workspace = demo_workspace()
    owner = add_sample_people(
        workspace, password=sample_password(places.sign_in), language=language
    )
    join_affiliate(workspace, owner=owner, data=places.data, now=plan.now)
    zone = ZoneInfo(ZONE)
    pq.write_table(truth_table(market, labels, zone=zone, now=plan.now), places.truth)
    shops = _demo_ids(market, labels)
    tally, sales = Tally(pa.array(shops), ZONE), Sales(pa.array(shops))

    def watch(events: pa.Table) -> None:
        tally.add(events)
        sales.add(events)

    _track(
        places,
        plan,
        market=market,
        labels=labels,
        workspace=workspace,
        owner=owner,
        watch=watch,
        progress=progress,
    )
    lake = Lake(places.lake)
    track_landings(market, labels, tally, lake=lake, collector=places.collector, now=plan.now)
    run_programme(
        workspace,
        owner=owner,
        password=sample_password(places.sign_in),
        language=language,
        now=plan.now,
    )
    promise_elsewhere(now=plan.now)
    progress(Step.ROLLUPS, 0, 1)
    refresh_rollups(lake, now=plan.now)
    progress(Step.BENCHMARK, 0, 1)
    _publish_benchmark(lake, plan, owner)
    progress(Step.FILES, 0, 1)
    told_at = (plan.now - timedelta(days=7), plan.now)
    files = write_seller_files(
        market,
        labels,
        tally,
        places.files,
        demo_shops=shops,
        sold=sales.of(shops[0]),
        told_at=told_at,
    )
    progress(Step.ORDERS, 0, 1)
    shop = Shop.objects.get(external_id=shops[0])
    for file, at in zip(files[-len(told_at) :], told_at, strict=True):
        _take_orders_in(file.path, shop=shop, lake=lake, owner=owner, now=at)
    close_last_period(shop=shop, now=plan.now)


def _demo_ids(market: Market, labels: Labels) -> list[str]:
    ids: list[str] = labels.shop.values.filter(pa.array(market.shops.is_demo)).to_pylist()
    return ids


def _track(
    places: SamplePlaces,
    plan: Plan,
    *,
    market: Market,
    labels: Labels,
    workspace: Workspace,
    owner: User,
    watch: Callable[[pa.Table], None],
    progress: Progress,
) -> None:
    """Write events and import them file by file; `watch` sees every table."""
    written = write_event_files(
        market,
        labels,
        places.events,
        zone=ZoneInfo(ZONE),
        now=plan.now,
        days_per_file=plan.days_per_file,
        watch=watch,
    )
    progress(Step.EVENTS, 0, market.days)
    for number, path in enumerate(_one_ahead(written), start=1):
        report = import_path(
            path, workspace=workspace, user=owner, now=plan.now, kind="events", zone="UTC"
        )
        assert report["state"] == "done", report["failure"]
        assert report["rejected"] == 0, report["problems"][:3]
        path.unlink()
        progress(Step.EVENTS, min(number * plan.days_per_file, market.days), market.days)
    places.events.rmdir()


def _one_ahead(files: Iterator[Path]) -> Iterator[Path]:
    """The same files: each is written on another core while the one before is taken in."""
    with ThreadPoolExecutor(1) as other_core:
        coming = other_core.submit(next, files, None)
        while path := coming.result():
            coming = other_core.submit(next, files, None)
            yield path


def _take_orders_in(path: Path, *, shop: Shop, lake: Lake, owner: User, now: datetime) -> None:
    """Import the shop's affiliate orders and work their commission out."""
    report = import_path(path, workspace=shop.workspace, user=owner, now=now, shop=shop, zone=ZONE)
    assert report["state"] == "done", report["failure"]
    assert report["rejected"] == 0, report["problems"][:3]
    work_through(shop=shop, lake=lake, now=now)


def _publish_benchmark(lake: Lake, plan: Plan, owner: User) -> Benchmark:
    today = plan.now.astimezone(ZoneInfo(ZONE)).date()
    starts_on, ends_before = newest_whole_weeks(today, count=BENCHMARK_WEEKS)
    there = Benchmark.objects.filter(
        starts_on=starts_on, ends_before=ends_before, state=EditionState.PUBLISHED
    ).first()
    if there is not None:
        return there
    edition = build_benchmark(
        lake,
        market="US",
        starts_on=starts_on,
        ends_before=ends_before,
        user=owner,
        now=plan.now,
    )
    return publish(edition, user=owner, now=plan.now)
