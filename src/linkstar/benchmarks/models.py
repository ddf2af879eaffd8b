"""The benchmark book: editions, their cells, and what each shop contributed to them.

Published editions are frozen: `save` and `delete` refuse here, and triggers refuse in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import Workspace
from linkstar.benchmarks.rules import SHOPS_MIN, BenchmarkSource
from linkstar.catalog.models import Shop
from linkstar.stats.ctr import Definition

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

SOURCE_NAMES = {
    BenchmarkSource.COMPUTED: _("computed from opted-in shops"),
    BenchmarkSource.IMPORTED: _("imported from a named source"),
    BenchmarkSource.OWN_HISTORY: _("this workspace's own history"),
}


class BenchmarkFrozen(RuntimeError):
    """A published benchmark is never changed or deleted: publish a new version instead."""

    def __init__(self, benchmark_id: str) -> None:
        super().__init__(benchmark_id)
        self.benchmark_id = benchmark_id


def benchmark_id() -> str:
    return new_id("bmk")


class EditionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")


class Benchmark(models.Model):
    """One edition of the book: a market, a window, a source, a version.

    `workspace` is null for an edition every workspace may read.
    """

    id = models.CharField(primary_key=True, max_length=40, default=benchmark_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, null=True, related_name="benchmarks"
    )
    market = models.CharField(_("market"), max_length=2)
    starts_on = models.DateField(_("from"))
    ends_before = models.DateField(_("until (not included)"))
    source = models.CharField(
        _("source"), max_length=12, choices=[(s.value, n) for s, n in SOURCE_NAMES.items()]
    )
    source_name = models.CharField(_("name of the source"), max_length=200, blank=True)
    licence = models.CharField(_("licence of use"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(max_length=10, choices=EditionState.choices)
    shops_min = models.PositiveSmallIntegerField(_("shops a figure needs"), default=SHOPS_MIN)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "market", "starts_on", "ends_before", "source", "version"],
                nulls_distinct=False,
                name="one_version_each",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__lt=models.F("ends_before")),
                name="window_is_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.starts_on}..{self.ends_before} v{self.version}"

    def save(self, *args: object, **kwargs: object) -> None:
        if _is_frozen(self.pk):
            raise BenchmarkFrozen(self.pk)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through unchanged

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        if _is_frozen(self.pk):
            raise BenchmarkFrozen(self.pk)
        return super().delete(*args, **kwargs)  # type: ignore[arg-type]  # the same

    @property
    def is_published(self) -> bool:
        return self.state == EditionState.PUBLISHED


def _is_frozen(pk: str) -> bool:
    return Benchmark.objects.filter(pk=pk, state=EditionState.PUBLISHED).exists()


class _Part(models.Model):
    """Something that belongs to an edition and is frozen with it."""

    benchmark: models.ForeignKey[Benchmark | Combinable, Benchmark]
    benchmark_id: str

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if _is_frozen(self.benchmark_id):
            raise BenchmarkFrozen(self.benchmark_id)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through unchanged

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        if _is_frozen(self.benchmark_id):
            raise BenchmarkFrozen(self.benchmark_id)
        return super().delete(*args, **kwargs)  # type: ignore[arg-type]  # the same


class BenchmarkCell(_Part):
    """One figure of an edition. Empty category, content type or channel mean all of them."""

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="cells")
    position = models.PositiveIntegerField()
    week_starts_on = models.DateField(null=True)
    category = models.CharField(max_length=300, blank=True)
    content_type = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    definition = models.CharField(max_length=30, choices=[(d.value, d.value) for d in Definition])
    segment = models.CharField(max_length=20, blank=True)
    segment_value = models.CharField(max_length=40, blank=True)
    impressions = models.BigIntegerField()
    clicks = models.BigIntegerField()
    shops = models.PositiveIntegerField(null=True)
    creators = models.PositiveIntegerField(null=True)
    contents = models.PositiveIntegerField(null=True)
    p25 = models.FloatField(null=True)
    median = models.FloatField(null=True)
    p75 = models.FloatField(null=True)
    icc = models.FloatField(null=True)
    relative_error = models.FloatField(null=True)
    typical_ctr = models.FloatField(null=True)
    typical_relative_error = models.FloatField(null=True)
    effective_contents = models.FloatField(null=True)
    largest_content_share = models.FloatField(null=True)
    largest_share = models.FloatField(null=True)
    top_two_share = models.FloatField(null=True)
    unstable = models.BooleanField(default=False)
    withheld = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benchmark", "position"], name="one_cell_per_position"),
            models.CheckConstraint(
                condition=models.Q(impressions__gte=0) & models.Q(clicks__gte=0),
                name="cell_counts_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} {self.content_type or '*'} {self.definition}"


class ShopContribution(_Part):
    """What one shop gave to each cell of a computed edition. Never shown to anybody.

    `cells` is a Parquet file: the cell's position and the shop's impressions there.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="contributions")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    cells = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benchmark", "shop"], name="one_contribution_per_shop")
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} in {self.benchmark_id}"


class WorkspaceView(_Part):
    """The cells of a computed edition as one contributing workspace may see them.

    The workspace's own shops are left out and the floors checked again on what remains. `cells` is
    a Parquet file of the cells that differ from the edition's, with their positions.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="views")
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    cells = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["benchmark", "workspace"], name="one_view_per_workspace"
            )
        ]

    def __str__(self) -> str:
        return f"{self.benchmark_id} for {self.workspace_id}"


class PoolFacts(_Part):
    """The pooled counts an edition was first to release, kept so that no later edition differs.

    Without this, a shop that joins between two editions of overlapping windows could be told from
    their difference. `counts` is a Parquet file in the columns of `benchmarks.pool`.
    """

    benchmark = models.OneToOneField(Benchmark, on_delete=models.CASCADE, related_name="pool")
    counts = models.BinaryField()

    class Meta:
        verbose_name_plural = "pool facts"

    def __str__(self) -> str:
        return f"pool of {self.benchmark_id}"
