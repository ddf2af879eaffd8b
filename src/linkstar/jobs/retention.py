"""Keeping no more of visitors than may be kept, and proving it: every run leaves a record."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from django.conf import settings

from linkstar.accounts.actions import record
from linkstar.accounts.models import AuditEvent, User
from linkstar.accounts.remembering import forget_answers
from linkstar.catalog.forgetting import erase_papers
from linkstar.config.places import Places
from linkstar.insights.remembering import forget
from linkstar.jobs.queue import every
from linkstar.jobs.tracking import journals
from linkstar.jobs.upkeep import AFTER_COMPACTION, in_its_turn
from linkstar.lake.judging import judge
from linkstar.lake.retention import (
    Kept,
    drop_events,
    erase_creator,
    erase_visitor,
    strip_visitors,
)
from linkstar.lake.store import Lake
from linkstar.tracking.directory import recorded_lists
from linkstar.tracking.models import TrackedLink
from linkstar.tracking.own_visitors import forget_own

RUN, ERASURE = "retention.run", "retention.erasure"
DAYS_PER_MONTH = 365.2425 / 12
SALT_DAYS = 2


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Visitors' names stay from that day on; events and papers older than the others go."""

    visitors_from: date
    events_from: datetime
    papers_from: datetime


def cutoffs(now: datetime, *, visitor_days: int, event_months: int, paper_months: int) -> Cutoffs:
    """What is too old at an instant."""
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    return Cutoffs(
        (today - timedelta(days=visitor_days)).date(),
        today - timedelta(days=round(event_months * DAYS_PER_MONTH)),
        today - timedelta(days=round(paper_months * DAYS_PER_MONTH)),
    )


def keep_no_longer(places: Places, *, now: datetime, user: User | None = None) -> AuditEvent:
    """Take off and drop what is too old, burn old salts, and write down what was done.

    Args:
        places: where everything lies.
        now: the instant.
        user: who asked for it; nobody when it is the nightly run.
    """
    limits = cutoffs(
        now, visitor_days=settings.VISITOR_DAYS, event_months=settings.EVENT_MONTHS,
        paper_months=settings.PAPER_MONTHS,
    )  # fmt: skip
    lake, archives = Lake(places.lake), journals(places.collector)
    judge(lake, recorded_lists(places.lists, places.collector), now=now)
    dropped = drop_events(lake, archives, before=limits.events_from, now=now)
    stripped = strip_visitors(lake, archives, before=limits.visitors_from, now=now)
    forget_own(places.collector, before=limits.visitors_from)
    return record(
        workspace=None, user=user, verb=RUN, target="tracked_events", now=now,
        visitors_from=str(limits.visitors_from), events_from=limits.events_from.isoformat(),
        stripped=asdict(stripped), dropped=asdict(dropped),
        salts_burnt=_burn_salts(places, now), papers_from=limits.papers_from.isoformat(),
        papers=erase_papers(folder=places.documents, before=limits.papers_from, now=now),
    )  # fmt: skip


def erase(
    places: Places, *, visitor: str = "", creator: str = "", now: datetime, user: User | None = None
) -> AuditEvent:
    """Forget one visitor or creator in tracked events, archives and links, and write it down.

    The record names the subject by a digest only. Imported files are not touched: they are taken
    back by undoing the import.
    """
    lake, archives = Lake(places.lake), journals(places.collector)
    judge(lake, recorded_lists(places.lists, places.collector), now=now)
    done, links = Kept(), 0
    if visitor:
        done = erase_visitor(lake, archives, visitor, now=now)
    if creator:
        handle = creator.strip().lstrip("@")
        links = TrackedLink.objects.filter(creator__iregex=rf"^@?{_escaped(handle)}$").update(
            creator="erased"
        )
        done = erase_creator(lake, archives, handle, now=now)
        forget(lake)
    digest = sha256((visitor or creator).encode()).hexdigest()[:16]
    return record(
        workspace=None, user=user, verb=ERASURE, target=f"sha256:{digest}", now=now,
        subject="visitor" if visitor else "creator", erased=asdict(done), links=links,
    )  # fmt: skip


def runs(limit: int = 50) -> list[AuditEvent]:
    """What was done, the newest first."""
    return list(AuditEvent.objects.filter(verb__in=(RUN, ERASURE)).order_by("-at", "-pk")[:limit])


def dropped_before() -> datetime | None:
    """The latest moment before which everything was dropped."""
    last = AuditEvent.objects.filter(verb=RUN).order_by("-at", "-pk").first()
    return datetime.fromisoformat(last.detail["events_from"]) if last else None


def _burn_salts(places: Places, now: datetime) -> int:
    """Salts are kept 48 hours at most, also where no collector runs any more."""
    oldest = (now.astimezone(UTC).date() - timedelta(days=SALT_DAYS - 1)).isoformat()
    old = [path for path in (places.collector / "salts").glob("[0-9]*") if path.name < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _escaped(handle: str) -> str:
    return "".join(char if char.isalnum() else f"\\{char}" for char in handle)


@every(AFTER_COMPACTION)
def keep_no_longer_at_night() -> None:
    """Every night, what is too old goes."""
    with in_its_turn():
        keep_no_longer(settings.PLACES, now=datetime.now(UTC))


@every(AFTER_COMPACTION)
def forget_answers_at_night() -> None:
    """Every night, answers to calls by API that nobody will ask for again go."""
    forget_answers(now=datetime.now(UTC))
