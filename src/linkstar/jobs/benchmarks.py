"""Building editions of the benchmark book in the background.

What is asked for and what became of it is kept with the queue, one record per book: the pool's for
a market, or a workspace's own. An edition exists only once it is whole, so nothing half-built can
be seen.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from django.conf import settings

from linkstar.accounts.models import User, Workspace
from linkstar.benchmarks import actions
from linkstar.benchmarks.models import Benchmark
from linkstar.benchmarks.rules import FloorTooLow, NotWholeWeeks, WeekNotOver
from linkstar.jobs.queue import job, queue
from linkstar.lake.store import Lake

logger = logging.getLogger(__name__)
_PREFIX = "benchmark-build:"
REFUSALS = (NotWholeWeeks, WeekNotOver, FloorTooLow, actions.PoolEmpty)


class BuildState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BuildUnderWay(RuntimeError):
    """This book is being built already."""


@dataclass(frozen=True, slots=True)
class Build:
    """One edition somebody asked for. `workspace` is empty for the pool of opted-in shops."""

    market: str
    workspace: str
    starts_on: date
    ends_before: date
    user: int
    asked_at: datetime
    state: BuildState = BuildState.WAITING
    benchmark: str = ""
    failure: str = ""

    @property
    def book(self) -> str:
        return f"{_PREFIX}{self.workspace or 'pool'}:{self.market}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {BuildState.WAITING, BuildState.RUNNING}


def ask_for(build: Build) -> None:
    """Put a build into the queue.

    Raises:
        BuildUnderWay: the same book is being built already.
    """
    if any(known.is_under_way for known in builds(workspace=build.workspace, market=build.market)):
        raise BuildUnderWay(build.book)
    _remember(build)
    build_edition(build.book)


def builds(*, workspace: str, market: str) -> list[Build]:
    """The last build of that book: one, or none if nobody ever asked."""
    book = f"{_PREFIX}{workspace or 'pool'}:{market}"
    found = queue.get(book, peek=True)
    return [found] if isinstance(found, Build) else []


@job
def build_edition(book: str) -> None:
    """Build what was asked for. A bug ends the build by name and goes to the log whole."""
    build = queue.get(book, peek=True)
    if not isinstance(build, Build) or build.state != BuildState.WAITING:
        return
    _remember(replace(build, state=BuildState.RUNNING))
    try:
        edition = _built(build)
    except REFUSALS as refused:
        _remember(replace(build, state=BuildState.FAILED, failure=type(refused).__name__))
    except Exception:
        logger.exception("build of %s failed", book)
        _remember(replace(build, state=BuildState.FAILED, failure="unexpected_build"))
    else:
        _remember(replace(build, state=BuildState.DONE, benchmark=edition.pk))


def _built(build: Build) -> Benchmark:
    lake = Lake(settings.PLACES.lake)
    user = User.objects.get(pk=build.user)
    now = datetime.now(UTC)
    if not build.workspace:
        return actions.build_benchmark(
            lake,
            market=build.market,
            starts_on=build.starts_on,
            ends_before=build.ends_before,
            user=user,
            now=now,
        )
    return actions.own_history_benchmark(
        lake,
        workspace=Workspace.objects.get(pk=build.workspace),
        market=build.market,
        starts_on=build.starts_on,
        ends_before=build.ends_before,
        user=user,
        now=now,
    )


def give_up_interrupted() -> list[Build]:
    """Mark the builds a killed worker left running as failed; nothing of them was kept."""
    known = [queue.get(key, peek=True) for key in queue.all_results() if key.startswith(_PREFIX)]
    lost = [b for b in known if isinstance(b, Build) and b.state == BuildState.RUNNING]
    for build in lost:
        _remember(replace(build, state=BuildState.FAILED, failure="WorkerKilled"))
    return lost


def _remember(build: Build) -> None:
    queue.put(build.book, build)
