"""A staged file that is written as the facts store it, taken over or not."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from tests.app.lake.made import ADAS_VIDEO, BOS_VIDEO, NOW, Facts, seen, stage_performance

from linkstar.lake.loading import Loaded
from linkstar.lake.performance import PERFORMANCE_ROWS
from linkstar.lake.queries import content_counts
from linkstar.lake.selection import Level, Scope, Selection, Source
from linkstar.lake.staging import StagedColumnsDiffer
from linkstar.lake.statements import load_statements
from linkstar.lake.stating import Origin, as_stored
from linkstar.lake.tables import PERFORMANCE_TABLE
from linkstar.lake.verify import verify
from linkstar.stats.ctr import Definition

ORIGIN = Origin("imp_1", 1, 1, None, NOW)


UNSAID = ("gender", "gmv_minor", "video_views", "product_ids", "category")


def written(
    facts: Facts,
    *rows: dict,
    origin: Origin = ORIGIN,
    unsaid: tuple[str, ...] = (),
    proof: str = "",
) -> Path:
    """The rows as one file in the form the facts have."""
    plain = stage_performance(facts.staged, list(rows))
    target = facts.staged / f"stored-{plain.name}"
    staged = f"(SELECT *, {proof or 'NULL'} AS proof FROM read_parquet('{plain}'))"
    select = as_stored(staged, PERFORMANCE_ROWS, origin, unsaid, "proof" if proof else "")
    duckdb.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet)")
    return target


def load(facts: Facts, path: Path, import_id: str = "imp_1", days_later: int = 0) -> Loaded:
    now = NOW + timedelta(days=days_later)
    return load_statements(
        facts.lake, path, kind=PERFORMANCE_ROWS, import_id=import_id, workspace=1, shop=1,
        exported_on=None, now=now,
    )  # fmt: skip


def impressions(
    facts: Facts, definition: Definition = Definition.PRODUCT_IMPRESSIONS
) -> dict[str, int]:
    """Per content, what is asked by page and command."""
    asked = Selection(Source.EXPORTS, Level.CONTENT, definition)
    counts = content_counts(facts.lake, Scope(1, (1,)), asked)
    return {row["content_id"]: row["impressions"] for row in counts.table.to_pylist()}


def held(facts: Facts) -> list[Path]:
    return [Path(path) for path in facts.lake.opened(PERFORMANCE_TABLE).paths()]


class TestAFileOfWhichNothingIsDropped:
    def test_is_taken_over_as_it_lies(self, facts: Facts) -> None:
        path = written(facts, seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        assert load(facts, path) == Loaded(2, 2, 0)
        [file] = held(facts)
        assert file.read_bytes() == path.read_bytes()
        assert verify(facts.lake) == []

    def test_holds_what_loading_would_have_written(self, facts: Facts) -> None:
        rows = seen(ADAS_VIDEO, 5, 100), seen("1", 3, 200, creator="ada", gender="female")
        load(facts, written(facts, *rows))
        [taken] = held(facts)
        assert facts.say("imp_2", *rows, of=(1, 2)).loaded == 2
        [own] = set(held(facts)) - {taken}
        one, other = (
            sorted(pq.read_table(path).drop(["shop", "import_id"]).to_pylist(), key=str)
            for path in (taken, own)
        )
        assert one == other

    def test_says_its_spans_as_written_files_do(self, facts: Facts) -> None:
        load(facts, written(facts, seen(ADAS_VIDEO, 5, 100)))
        facts.say("imp_2", seen(ADAS_VIDEO, 5, 100), of=(1, 2))
        one, other = sorted(facts.lake.opened(PERFORMANCE_TABLE).files, key=lambda f: f.low["shop"])
        assert one.low.keys() == other.low.keys()
        assert one.low["starts_on"] == other.low["starts_on"]
        assert one.low["import_id"] == "imp_1"


class TestAFileOfWhichSomethingIsDropped:
    def test_is_written_anew_without_it(self, facts: Facts) -> None:
        path = written(facts, seen(ADAS_VIDEO, 5, 100), seen(ADAS_VIDEO, 5, 100))
        assert load(facts, path) == Loaded(2, 1, 1)
        [file] = held(facts)
        assert pq.read_metadata(file).num_rows == 1

    def test_is_compared_with_what_was_loaded_before(self, facts: Facts) -> None:
        facts.say("imp_0", seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200))
        path = written(facts, seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 4, 210))
        assert load(facts, path) == Loaded(2, 1, 1, supersedes=1)


class TestAFileOfAnotherDay:
    def test_is_written_anew_with_the_day_it_is_loaded(self, facts: Facts) -> None:
        path = written(facts, seen(ADAS_VIDEO, 5, 100))
        load(facts, path, days_later=1)
        [row] = pq.read_table(held(facts)[0]).to_pylist()
        assert row["stated_on"] == (NOW + timedelta(days=1)).date()

    def test_of_another_import_takes_that_imports_name(self, facts: Facts) -> None:
        load(facts, written(facts, seen(ADAS_VIDEO, 5, 100)), import_id="imp_2")
        [row] = pq.read_table(held(facts)[0]).to_pylist()
        assert row["import_id"] == "imp_2"


class TestAFileWithoutTheColumnsNoRowFills:
    def test_is_taken_over_and_asked_beside_one_that_has_them(self, facts: Facts) -> None:
        path = written(facts, seen(ADAS_VIDEO, 5, 100), unsaid=UNSAID)
        assert load(facts, path) == Loaded(1, 1, 0)
        [file] = held(facts)
        assert file.read_bytes() == path.read_bytes()
        assert impressions(facts) == {ADAS_VIDEO: 100}
        facts.say("imp_2", seen(BOS_VIDEO, 3, 200, video_views=9, product_ids=["1"]))
        assert impressions(facts) == {ADAS_VIDEO: 100, BOS_VIDEO: 200}
        assert impressions(facts, Definition.VIDEO_VIEWS) == {BOS_VIDEO: 9}

    def test_has_them_empty_for_other_engines(self, facts: Facts) -> None:
        load(facts, written(facts, seen(ADAS_VIDEO, 5, 100), unsaid=UNSAID))
        table = DeltaTable(str(facts.lake.folder(PERFORMANCE_TABLE))).to_pyarrow_table()
        [row] = table.to_pylist()
        assert row["product_clicks"] == 5
        assert [row[name] for name in UNSAID] == [None] * len(UNSAID)

    def test_is_restated_repeated_and_moved_to_another_day_as_any_other(self, facts: Facts) -> None:
        facts.say("imp_0", seen(ADAS_VIDEO, 4, 90), seen(BOS_VIDEO, 3, 200))
        rows = seen(ADAS_VIDEO, 5, 100), seen(BOS_VIDEO, 3, 200)
        path = written(facts, *rows, unsaid=UNSAID)
        assert load(facts, path, days_later=1) == Loaded(2, 1, 1, supersedes=1)
        assert impressions(facts) == {ADAS_VIDEO: 100, BOS_VIDEO: 200}

    def test_is_about_the_same_subjects_and_says_the_same(self, facts: Facts) -> None:
        row = seen(ADAS_VIDEO, 5, 100)
        segments = ("traffic_source", "device", "gender", "age", "hour", "weekday")
        whole, thin = (
            pq.read_table(written(facts, row, unsaid=unsaid), columns=["subject", "fingerprint"])
            for unsaid in ((), segments)
        )
        assert whole == thin

    @pytest.mark.parametrize("content_id", [ADAS_VIDEO, "123456789012", "7"])
    def test_is_about_the_same_where_the_id_is_known_to_be_the_platforms(
        self, facts: Facts, content_id: str
    ) -> None:
        row = seen(content_id, 5, 100)
        segments = ("traffic_source", "device", "gender", "age", "hour", "weekday")
        proof = f"content_id = '{content_id}'" if len(content_id) > 11 else "false"
        plain, short = (
            pq.read_table(written(facts, row, unsaid=segments, proof=told), columns=["subject"])
            for told in ("", proof)
        )
        assert plain == short

    def test_says_nothing_of_the_day_it_was_exported_where_the_file_does_not(
        self, facts: Facts
    ) -> None:
        load(facts, written(facts, seen(ADAS_VIDEO, 5, 100)))
        [file] = held(facts)
        assert "exported_on" not in pq.read_schema(file).names
        assert DeltaTable(str(facts.lake.folder(PERFORMANCE_TABLE))).to_pyarrow_table()[
            "exported_on"
        ].to_pylist() == [None]

    def test_is_refused_without_one_that_every_row_must_state(self, facts: Facts) -> None:
        path = written(facts, seen(ADAS_VIDEO, 5, 100), unsaid=("starts_on",))
        with pytest.raises(StagedColumnsDiffer):
            load(facts, path)
