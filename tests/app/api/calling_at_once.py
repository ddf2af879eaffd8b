"""Four threads send the same call in the same instant, over a database on disk."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.prepared import migrated  # noqa: E402

from linkstar.accounts.actions import add_user, join_workspace, open_workspace  # noqa: E402
from linkstar.accounts.api_keys import make_api_key  # noqa: E402
from linkstar.accounts.models import Reach, Role  # noqa: E402
from linkstar.catalog.models import Shop  # noqa: E402

CALLERS = 4


def main() -> None:
    migrated()
    now = timezone.now()
    workspace = open_workspace(name="Lin's brand", now=now)
    lin = add_user(email="lin@example.com", password="a long enough password")
    join_workspace(user=lin, workspace=workspace, role=Role.OWNER)
    _, key = make_api_key(user=lin, workspace=workspace, name="a", reach=Reach.WRITE, now=now)
    barrier = Barrier(CALLERS)

    def call(_number: int) -> tuple[int, str]:
        barrier.wait()
        try:
            answer = Client(headers={"host": "localhost"}).post(
                "/api/v1/shops", {"name": "Second"}, "application/json",
                headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "a"},
            )  # fmt: skip
            return answer.status_code, answer.json().get("id", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(call, range(CALLERS)))
    told = {
        "statuses": [status for status, _ in answers],
        "answers": len({made for _, made in answers}),
        "shops": Shop.objects.count(),
    }
    sys.stdout.write(json.dumps(told))


main()
