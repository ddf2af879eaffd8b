"""How the installation is: for operators, as their page of health tells it."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from linkstar.api.calling import OPERATOR_READS, now
from linkstar.jobs import health
from linkstar.lake.books import identities
from linkstar.web.facts import lake

router = Router()


class SpoolTold(Schema):
    """One collector's journal; `lag_seconds` is null where nothing waits to be loaded."""

    name: str
    segments: int
    waiting_bytes: int
    lag_seconds: float | None
    archived: int
    archived_bytes: int
    spoilt: int


class HealthTold(Schema):
    """What waits, when facts were loaded last, what does not add up, and the disk.

    `difference` is over all shops what was received and cannot be accounted for: other than 0 it is
    a fault.
    """

    spools: list[SpoolTold]
    loaded_at: datetime | None
    difference: int
    disk_free_bytes: int
    disk_total_bytes: int


@router.get("health", response=HealthTold, auth=OPERATOR_READS)
def installation_health(request: HttpRequest) -> HealthTold:
    """Is everything received accounted for, and loaded in time; is there room?"""
    del request
    books = identities(lake(), None)
    disk = health.disk(settings.PLACES.data)
    names = ("name", "segments", "waiting_bytes", "archived", "archived_bytes", "spoilt")
    return HealthTold(
        spools=[
            SpoolTold(
                lag_seconds=one.lag.total_seconds() if one.lag else None,
                **{name: getattr(one, name) for name in names},
            )
            for one in health.spools(settings.PLACES.collector, now=now())
        ],
        loaded_at=max((book.loaded_at for book in books), default=None),
        difference=sum(abs(book.difference) for book in books),
        disk_free_bytes=disk.free_bytes,
        disk_total_bytes=disk.total_bytes,
    )
