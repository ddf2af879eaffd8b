"""How soon the command line answers, beside a bare interpreter, and how fast the sample is drawn.

The wanted figure for help is 150 ms on an idle machine; processor time tells it on a busy one.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from linkstar.sample.drawing import draw_market
from linkstar.sample.event_files import write_event_files
from linkstar.sample.labels import labels_of
from linkstar.sample.market import Size

RUNS = 15
HELP_SECONDS_MAX = 0.150
WEEK = Size(days=7, impressions=1_000_000)
NOW = datetime(2026, 10, 22, 10, tzinfo=UTC)


def main() -> None:
    print(f"{'what':<44}{'seconds':>12}{'processor':>12}{'wanted':>12}", flush=True)
    command_line("bare interpreter", "-c", "pass")
    command_line("import typer", "-c", "import typer")
    command_line("linkstar --help", "-m", "linkstar.cli.main", "--help", wanted=HELP_SECONDS_MAX)
    drawn()


def command_line(what: str, *arguments: str, wanted: float | None = None) -> None:
    clock, processor = fastest([sys.executable, *arguments])
    limit = f"< {wanted}" if wanted else ""
    print(f"{what:<44}{clock:>12.3f}{processor:>12.3f}{limit:>12}", flush=True)


def line(what: str, seconds: float) -> None:
    print(f"{what:<44}{seconds:>12.3f}", flush=True)


def fastest(command: list[str]) -> tuple[float, float]:
    """The best of several runs, by the clock and in processor time."""
    runs = [timed(command) for _ in range(RUNS)]
    return min(clock for clock, _ in runs), min(processor for _, processor in runs)


def timed(command: list[str]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), _of_children()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - clock, _of_children() - processor


def _of_children() -> float:
    """Processor seconds of all processes started and ended so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def drawn() -> None:
    """One week of the sample marketplace at full density, drawn and written."""
    started = time.perf_counter()
    market = draw_market(seed=1, size=WEEK, ends_before=date(2026, 10, 23))
    labels = labels_of(market)
    line("sample: draw shops, creators and contents", time.perf_counter() - started)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        files = write_event_files(
            market,
            labels,
            Path(folder),
            zone=ZoneInfo("America/Los_Angeles"),
            now=NOW,
            days_per_file=7,
        )
        size = sum(path.stat().st_size for path in files)
    line("sample: 1 M impressions as Parquet", time.perf_counter() - started)
    print(f"{'sample: bytes per impression':<44}{size / WEEK.impressions:>12.1f}")


if __name__ == "__main__":
    main()
