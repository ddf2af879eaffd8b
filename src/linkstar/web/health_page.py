"""For whoever runs the installation: is everything received accounted for, and loaded in time?"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linkstar.catalog.models import Shop
from linkstar.collector.refusals import DAYS_KEPT
from linkstar.jobs import health, retention
from linkstar.lake.books import identities
from linkstar.lake.journaled_counts import minutes, set_aside
from linkstar.web.access import operators_only
from linkstar.web.facts import lake
from linkstar.web.middleware import now
from linkstar.web.operations import REASONS, SAMPLE_CHARACTERS
from linkstar.web.rate_pages import fetching
from linkstar.web.refusal_words import refused
from linkstar.web.requests import WorkspaceRequest

MINUTES_SHOWN = 60
LOOKED_BACK = timedelta(days=7)
"""From the latest arrival, while all books balance; `linkstar verify` looks at everything."""
RUNS_SHOWN = 20


@operators_only
@require_GET
def health_page(request: WorkspaceRequest) -> HttpResponse:
    """All shops' books by minute, spools, disk, lines set aside, rates, what was forgotten."""
    books = identities(lake(), None)
    difference = sum(abs(book.difference) for book in books)
    arrived_at = max((book.arrived_at for book in books), default=None)
    since = arrived_at - LOOKED_BACK if arrived_at else None
    latest = minutes(lake(), None, since=since, newest=MINUTES_SHOWN)
    wrong = minutes(
        lake(), None, since=None if difference else since, newest=MINUTES_SHOWN, only_wrong=True
    )
    turned_away = refused(None, now=now())
    numbers = {one.shop for one in (*latest, *wrong)} | {one.shop for one in turned_away}
    names = dict(Shop.objects.filter(number__in=numbers).values_list("number", "name"))
    aside = [
        (REASONS.get(one.reason, one.reason), one, one.sample[:SAMPLE_CHARACTERS])
        for one in set_aside(lake(), None)
    ]
    shown = {
        "spools": health.spools(settings.PLACES.collector, now=now()),
        "disk": health.disk(settings.PLACES.data),
        "loaded_at": max((book.loaded_at for book in books), default=None),
        "difference": difference,
        "parts": [(wrong, True), (latest, False)] if wrong else [(latest, False)],
        "names": names,
        "refused": turned_away,
        "refused_days": DAYS_KEPT,
        "aside": aside,
        "runs": retention.runs(RUNS_SHOWN),
        "visitor_days": settings.VISITOR_DAYS,
        "event_months": settings.EVENT_MONTHS,
        "fetching": fetching(),
    }
    return render(request, "web/health.html", shown)
