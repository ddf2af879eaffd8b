"""The parts of the first page over a million contents of 50,000 creators in one workspace.

Seconds on the clock and of processor time, each once; wanted are seconds, not tens of them.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bench._alone import peak_bytes
from bench.insights import market
from linkstar.insights.answering import Gathered, answer
from linkstar.insights.questions import By, Question, Source
from linkstar.lake.measures import total_measures
from linkstar.lake.queries import content_counts, total_counts
from linkstar.lake.relations import empty_relation
from linkstar.lake.rollups import refresh_rollups
from linkstar.lake.selection import Scope, Selection
from linkstar.lake.store import Change, Lake
from linkstar.lake.tables import EVENTS, EVENTS_TABLE

CONTENTS = 1_000_000
STARTS_ON, ENDS_BEFORE = date(2026, 7, 1), date(2026, 7, 29)
OWN = Scope(1, (1,))
Said = TypeVar("Said")

_EVENTS = f"""
SELECT 'c' || c || 'n' || n AS event_id,
    CASE WHEN n = 2 AND c % 5 = 0 THEN 'click' ELSE 'impression' END AS kind,
    TIMESTAMPTZ '{STARTS_ON} 12:00:00+00' + to_days((c % 28)::INTEGER) AS occurred_at,
    DATE '{STARTS_ON}' + (c % 28)::INTEGER AS day, 1::INTEGER AS workspace, 1::INTEGER AS shop,
    'US' AS market, 'tiktok' AS channel, 'creator' || lpad((c // 20)::VARCHAR, 7, '0') AS creator,
    'Creator ' || (c // 20) AS creator_name, '73' || lpad(c::VARCHAR, 17, '0') AS content_id,
    'video' AS content_type, '17' || lpad((c % 500)::VARCHAR, 17, '0') AS product_id,
    'Top ' || (c % 20) || ' > Category ' || (c % 200) AS category
FROM range({CONTENTS}) AS contents(c), range(3) AS events(n)
"""


def main() -> None:
    with TemporaryDirectory(prefix="linkstar-bench-") as folder:
        lake = Lake(Path(folder))
        fill(lake)
        measure(lake)


def fill(lake: Lake) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    select = f"FROM ({_EVENTS}) UNION ALL BY NAME FROM {empty_relation(EVENTS)}"
    with lake.duckdb.cursor() as cursor:
        files = lake.write_files(cursor, EVENTS_TABLE, select, {})
    lake.commit(lake.opened(EVENTS_TABLE), Change(add=files), now)
    refresh_rollups(lake, now=now)


def measure(lake: Lake) -> None:
    asked = Selection(
        Source.TRACKED, By.CREATOR, starts_on=STARTS_ON, ends_before=ENDS_BEFORE, titles=False
    )
    question = Question(
        1, OWN.shops, starts_on=STARTS_ON, ends_before=ENDS_BEFORE, impressions_min=10
    )
    _, book = market(1_000)
    counts = line("counts per content", lambda: content_counts(lake, OWN, asked))
    line("totals", lambda: total_counts(lake, OWN, asked))
    line("other measures", lambda: total_measures(lake, OWN, asked))
    line("the answer", lambda: answer(question, Gathered(counts, Source.TRACKED), book))
    print(f"{counts.table.num_rows:,} contents, peak memory {peak_bytes() / 2**30:.2f} GiB")


def line(what: str, work: Callable[[], Said]) -> Said:
    clock, processor = time.perf_counter(), time.process_time()
    said = work()
    took = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what:<24}{took[0]:>8.2f} s clock{took[1]:>8.2f} s processor", flush=True)
    return said


if __name__ == "__main__":
    main()
