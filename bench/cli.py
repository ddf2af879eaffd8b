"""How soon the command line answers, beside a bare interpreter, and how fast the sample is drawn.

The wanted figure for help is 150 ms on an idle machine; the bare interpreter in the same run says
how idle it is.
"""

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
    print(f"{'what':<44}{'seconds':>12}{'wanted':>12}", flush=True)
    bare = fastest([sys.executable, "-c", "pass"])
    line("bare interpreter", bare)
    line("import typer", fastest([sys.executable, "-c", "import typer"]))
    helped = fastest([sys.executable, "-m", "linkstar.cli.main", "--help"])
    line("linkstar --help", helped, f"< {HELP_SECONDS_MAX}")
    drawn()


def line(what: str, seconds: float, wanted: str = "") -> None:
    print(f"{what:<44}{seconds:>12.3f}{wanted:>12}", flush=True)


def fastest(command: list[str]) -> float:
    """The best of several runs: what the command costs when nothing else is going on."""
    return min(timed(command) for _ in range(RUNS))


def timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


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
