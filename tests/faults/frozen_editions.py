"""A published benchmark edition, and everybody who tries to change it by hand in the database."""

from datetime import UTC, date, datetime

NOW = datetime(2026, 10, 22, 10, 10, tzinfo=UTC)
PARTS = (
    "benchmarks_benchmark", "benchmarks_benchmarkcell", "benchmarks_shopcontribution",
    "benchmarks_workspaceview", "benchmarks_poolfacts",
)  # fmt: skip


def frozen_refusals() -> dict[str, int]:
    """How many of the ways to change it the database takes before, and refuses after, it is out."""
    from linkstar.benchmarks.models import Benchmark

    edition = drafted()
    taken = sum(not is_refused(change) for change in changes())
    Benchmark.objects.filter(pk=edition.pk).update(state="published")
    return {"taken": taken, "refused": sum(is_refused(change) for change in changes())}


def changes() -> list[str]:
    """Every part rewritten with its own words, and deleted; the edition itself comes last."""
    rewritten = [f"UPDATE {part} SET id = id" for part in PARTS]
    return rewritten + [f"DELETE FROM {part}" for part in reversed(PARTS)]


def is_refused(change: str) -> bool:
    """Whether the database refuses it by its name; nothing of it is kept."""
    from django.db import IntegrityError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
            transaction.set_rollback(True)
    except IntegrityError as refused:
        return "a published benchmark is frozen" in str(refused)
    return False


def drafted():
    from linkstar.accounts.actions import open_workspace
    from linkstar.benchmarks.models import (
        Benchmark,
        BenchmarkCell,
        PoolFacts,
        ShopContribution,
        WorkspaceView,
    )
    from linkstar.catalog.actions import open_shop

    workspace = open_workspace(name="contributor", now=NOW)
    shop = open_shop(workspace=workspace, name="contributor", now=NOW)
    edition = Benchmark.objects.create(
        market="US", starts_on=date(2026, 9, 1), ends_before=date(2026, 10, 1),
        source="computed", version=1, state="draft", created_at=NOW,
    )  # fmt: skip
    BenchmarkCell.objects.create(
        benchmark=edition, position=0, definition="product_impressions", impressions=9, clicks=1
    )
    ShopContribution.objects.create(benchmark=edition, shop=shop, cells=b"cells")
    WorkspaceView.objects.create(benchmark=edition, workspace=workspace, cells=b"cells")
    PoolFacts.objects.create(benchmark=edition, counts=b"counts")
    return edition
