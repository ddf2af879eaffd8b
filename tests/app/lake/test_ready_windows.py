"""What lies ready of the windows of exports: equal to what their rows say, whatever happened."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, NOW, Facts, seen
from tests.app.lake.test_counts_of_exports import OWN

from linkstar.events.vocabulary import DEFINITION_COLUMNS
from linkstar.lake import export_plan
from linkstar.lake.coverage import coverage
from linkstar.lake.measures import measures, total_measures
from linkstar.lake.queries import content_counts, total_counts
from linkstar.lake.ready_windows import SPLIT
from linkstar.lake.relations import whole_rows
from linkstar.lake.selection import Level, Selection, Source
from linkstar.lake.store import Lake
from linkstar.lake.tables import PERFORMANCE
from linkstar.lake.upkeep import compact, remove_import, sweep
from linkstar.lake.verify import Fault, verify
from linkstar.stats.ctr import Definition

_folders = count()
MONDAY = date(2026, 1, 5)
COUNTED = st.one_of(st.none(), st.integers(0, 50))


def ready(facts: Facts) -> list[Path]:
    return sorted(facts.lake.root.glob("ready_windows/*/*.arrow"))


@st.composite
def exports(draw: st.DrawFn) -> dict[str, Any]:
    """One file: some contents or creators, over one of a few windows that may overlap."""
    level = draw(st.sampled_from(["content", "creator", "product", "shop"]))
    start = MONDAY + timedelta(days=7 * draw(st.integers(0, 2)))
    rows = [
        seen(
            content,
            draw(COUNTED),  # type: ignore[arg-type]
            draw(COUNTED),  # type: ignore[arg-type]
            creator=draw(st.sampled_from(["ada", "bo"])),
            video_views=draw(COUNTED),
            orders=draw(COUNTED),
            gmv_minor=draw(COUNTED),
            currency=draw(st.sampled_from(["USD", "GBP"])),
            gender=draw(st.sampled_from([None, None, "female"])),
        )
        for content in draw(
            st.lists(st.sampled_from([ADAS_VIDEO, BOS_VIDEO, "short"]), min_size=1, max_size=4)
        )
    ]
    return {
        "rows": rows,
        "level": level,
        "starts_on": start,
        "ends_before": start + timedelta(days=draw(st.sampled_from([7, 14]))),
        "exported_on": draw(st.sampled_from([None, date(2026, 2, 1)])),
        "then": draw(st.sampled_from(["nothing", "undo", "merge"])),
    }


def said_by_rows(lake: Lake, paths: list[str]) -> pa.Table:
    """What `windows_of` says, asked of the rows themselves, all files at once, a row for each."""
    stated = ", ".join(
        f"({clicks} IS NOT NULL AND {counted} IS NOT NULL) AS states_{definition}"
        for definition, (clicks, counted) in DEFINITION_COLUMNS.items()
    )
    sql = f"""SELECT *, {SPLIT} AS split, {stated}, 1::BIGINT AS rows, 0::BIGINT AS subjects
        FROM {whole_rows(PERFORMANCE, "files")}"""
    return lake.engine.query(sql, {"files": paths})


class TestReadyWindows:
    @settings(deadline=None, max_examples=25)
    @given(
        said=st.lists(exports(), min_size=1, max_size=4),
        level=st.sampled_from(Level),
        definition=st.sampled_from([Definition.PRODUCT_IMPRESSIONS, Definition.VIDEO_VIEWS]),
        days=st.sampled_from([None, 14, 28]),
    )
    def test_tell_what_rows_tell(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        *,
        said: list[dict[str, Any]],
        level: Level,
        definition: Definition,
        days: int | None,
    ) -> None:
        facts = Facts(tmp_path_factory.mktemp(f"windows-{next(_folders)}"))
        for place, export in enumerate(said):
            rows, then = export.pop("rows"), export.pop("then")
            facts.say(f"imp_{place}", *rows, **export)
            if then == "undo":
                remove_import(facts.lake, f"imp_{max(0, place - 1)}", now=NOW)
            if then == "merge":
                compact(facts.lake, now=NOW)
        asked = Selection(
            Source.EXPORTS,
            level,
            definition,
            starts_on=MONDAY,
            ends_before=None if days is None else MONDAY + timedelta(days=days),
        )
        with pytest.MonkeyPatch.context() as patched:
            found = told(facts.lake, asked)
            patched.setattr(export_plan, "windows_of", said_by_rows)
            patched.setattr("linkstar.lake.coverage.windows_of", said_by_rows)
            patched.setattr("linkstar.lake.export_counts.is_told_by_windows", lambda *_: False)
            patched.setattr("linkstar.lake.measures.is_told_by_windows", lambda *_: False)
            assert told(facts.lake, asked) == found
        table = content_counts(facts.lake, OWN, asked).table
        sums = tuple(pc.sum(table[name]).as_py() or 0 for name in ("impressions", "clicks"))
        assert total_counts(facts.lake, OWN, asked) == sums
        keyed = measures(facts.lake, OWN, asked)["orders"]
        total = total_measures(facts.lake, OWN, asked)["orders"]
        assert (pc.sum(keyed).as_py() or 0) == (pc.sum(total).as_py() or 0)
        assert verify(facts.lake) == []

    def test_are_made_again_where_they_were_cut_off(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        assert coverage(facts.lake, OWN)[0].impressions == 100
        for path in ready(facts):
            path.write_bytes(path.read_bytes()[:100])
        assert coverage(Lake(facts.lake.root), OWN)[0].impressions == 100

    def test_go_with_the_file_they_were_made_from(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 1, 30), starts_on=date(2026, 2, 1))
        coverage(facts.lake, OWN)
        remove_import(facts.lake, "imp_1", now=NOW)
        sweep(facts.lake)
        assert len(ready(facts)) == 1

    def test_that_say_something_else_are_found(self, facts: Facts) -> None:
        facts.say("imp_1", seen(ADAS_VIDEO, 5, 100))
        facts.say("imp_2", seen(BOS_VIDEO, 1, 30))
        coverage(facts.lake, OWN)
        one, other = ready(facts)
        other.write_bytes(one.read_bytes())
        assert [finding.fault for finding in verify(facts.lake)] == [Fault.ROLLUP_DIFFERS]


def told(lake: Lake, asked: Selection) -> tuple[Any, ...]:
    """Everything that is answered with the windows of exports."""
    counts = content_counts(lake, OWN, asked)
    earlier = replace(asked, starts_on=None, ends_before=asked.ends_before)
    return (
        sorted(map(str, counts.table.to_pylist())),
        sorted(counts.windows),
        sorted(counts.left_out),
        total_counts(lake, OWN, asked),
        total_counts(lake, OWN, earlier),
        sorted(map(str, total_measures(lake, OWN, asked).to_pylist())),
        sorted(map(str, measures(lake, OWN, asked).to_pylist())),
        sorted(map(str, coverage(lake, OWN))),
    )
