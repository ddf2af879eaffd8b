"""The collector's work as it is plainly written with Django: a view, the ORM, a commit per request.

DATABASE=/tmp/plain.sqlite3 granian --interface wsgi bench.beside.plain_django:application
"""

import json
import os
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from uuid import uuid4

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
TOKEN = "aB3dE5fG7h12"


class Link(models.Model):  # noqa: DJ008  # never shown
    token = models.CharField(max_length=16, unique=True)
    destination = models.URLField()

    class Meta:
        app_label = "plain"


class Event(models.Model):  # noqa: DJ008
    event_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    link = models.CharField(max_length=64, blank=True)
    visitor = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "plain"


def seen(kind: str, token: str, request: HttpRequest) -> Link:
    link = get_object_or_404(Link, token=token)
    Event.objects.create(
        event_id=uuid4().hex,
        kind=kind,
        occurred_at=timezone.now(),
        link=token,
        agent=request.headers.get("user-agent", "")[:500],
    )
    return link


def follow(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponseRedirect(seen("click", token, request).destination)


def show(request: HttpRequest, token: str) -> HttpResponse:
    seen("impression", token, request)
    return HttpResponse(PIXEL, content_type="image/gif")


def take(request: HttpRequest) -> HttpResponse:
    events = [
        Event(
            event_id=each["event_id"],
            kind=each["kind"],
            occurred_at=datetime.fromisoformat(each["occurred_at"]),
            link=each["link"],
            visitor=each["visitor"],
        )
        for each in json.loads(request.body)
    ]
    Event.objects.bulk_create(events)
    return JsonResponse({"accepted": len(events)}, status=202)


urlpatterns = [
    path("r/<token>", follow),
    path("p/<token>.gif", show),
    path("v1/events", take),
]

with Path(f"{os.environ['DATABASE']}.lock").open("w") as begun:
    flock(begun, LOCK_EX)  # one of several workers makes the tables
    if not connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Link)
            editor.create_model(Event)
        Link.objects.create(token=TOKEN, destination="https://shop.example/1")

application = get_wsgi_application()
