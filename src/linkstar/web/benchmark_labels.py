"""One line that says which benchmark it is."""

from django.utils.translation import gettext as _

from linkstar.benchmarks.book import BenchmarkSummary
from linkstar.benchmarks.models import Benchmark
from linkstar.benchmarks.rules import BenchmarkSource
from linkstar.web import formats


def edition_label(edition: Benchmark, language: str) -> str:
    """`US · opted-in shops · Sep 21 – Oct 18, 2026 · v2`."""
    return _line(
        edition.market,
        BenchmarkSource(edition.source),
        edition.source_name,
        formats.days(edition.starts_on, edition.ends_before, language),
        edition.version,
    )


def summary_label(summary: BenchmarkSummary | None, language: str) -> str:
    """The same for the benchmark of an answer; an en dash for none."""
    if summary is None:
        return formats.NOTHING
    days = formats.days(summary.starts_on, summary.ends_before, language)
    return _line(summary.market, summary.source, summary.source_name, days, summary.version)


def _line(market: str, source: BenchmarkSource, source_name: str, days: str, version: int) -> str:
    called = {
        BenchmarkSource.COMPUTED: _("opted-in shops"),
        BenchmarkSource.IMPORTED: source_name or _("imported"),
        BenchmarkSource.OWN_HISTORY: _("own history"),
    }[source]
    return f"{market} · {called} · {days} · v{version}"
