"""Files with names instead of a header row, and benchmark files."""

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.golden.reading import read, read_file, write

from linkstar.connectors.reading.detected import Answers
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.parsing import parse
from linkstar.connectors.registry import BENCHMARK_LAYOUTS

ADA_VIDEO = "7312345678901234567"


def parquet(folder: Path, **columns: pa.Array) -> Path:
    path = folder / "file.parquet"
    pq.write_table(pa.table(columns), path)
    return path


class TestAParquetFile:
    def test_keeps_the_types_it_has(self, tmp_path: Path) -> None:
        path = parquet(
            tmp_path,
            creator=pa.array(["@Ada"]).dictionary_encode(),
            content_id=pa.array([int(ADA_VIDEO)]),
            impressions=pa.array([1_000.0]),
            clicks=pa.array([50], pa.int32()),
            gmv=pa.array([12.345]),
            date=pa.array([dt.date(2026, 7, 2)]),
        )
        found = read_file(path, tmp_path)
        [row] = found.rows
        assert (row["content_id"], row["creator"]) == (ADA_VIDEO, "ada")
        assert (row["product_impressions"], row["product_clicks"]) == (1_000, 50)
        assert row["gmv_minor"] == 1_234
        assert (row["starts_on"], row["ends_before"]) == (dt.date(2026, 7, 2), dt.date(2026, 7, 3))

    def test_with_ids_as_floats_names_those_that_lost_digits(self, tmp_path: Path) -> None:
        path = parquet(
            tmp_path,
            content_id=pa.array([12_345.0, float(ADA_VIDEO)]),
            impressions=pa.array([10, 10]),
            clicks=pa.array([1, 1]),
        )
        found = read_file(path, tmp_path)
        assert [row["content_id"] for row in found.rows] == ["12345"]
        assert found.problems == [(2, "content_id", "id.format")]

    def test_of_events_with_instants_needs_no_answer(self, tmp_path: Path) -> None:
        at = dt.datetime(2026, 7, 2, 17, 0, tzinfo=dt.UTC)
        path = parquet(
            tmp_path,
            event=pa.array(["impression", "click"]),
            event_id=pa.array(["e1", "e2"]),
            occurred_at=pa.array([at, at], pa.timestamp("ms", "UTC")),
            content_id=pa.array(["v1", "v1"]),
            product_id=pa.array(["p1", "p1"]),
            product_name=pa.array(["Serum", "Serum"]),
        )
        found = read_file(path, tmp_path)
        assert found.detected.needs == ()
        assert [row["occurred_at"] for row in found.rows] == [at, at]
        products = pq.read_table(tmp_path / "products.parquet").to_pylist()
        nothing = dict.fromkeys(("shop", "sku_id", "category", "price_minor", "currency"))
        assert products == [{**nothing, "product_id": "p1", "name": "Serum"}]


class TestAnNdjsonFile:
    def test_is_read_line_by_line_and_bad_lines_are_named(self, tmp_path: Path) -> None:
        good = {"creator": "ada", "content id": ADA_VIDEO, "impressions": 1_000, "clicks": 50}
        lines = [json.dumps(good), "{broken", json.dumps(good | {"clicks": "x"})]
        found = read(tmp_path, "\n".join(lines) + "\n", "file.ndjson")
        assert found.detected.cells.format == "ndjson"
        assert found.counts == (3, 1, 2)
        assert found.problems == [(2, "", "row.not_json"), (3, "clicks", "number.format")]
        assert found.rows[0]["content_id"] == ADA_VIDEO


class TestABenchmarkFile:
    TEXT = (
        "market,category,definition,impressions,clicks,period,median,shops,source\n"
        'US,Beauty & Personal Care/ Skincare,product_impressions,"1,000,000",21800,2026-W42,'
        "2.1%,24,Example survey\n"
        "US,Shoes,likes,10,1,2026-W42,,,Example survey\n"
    )

    def test_gives_its_cells_and_names_what_it_cannot_use(self, tmp_path: Path) -> None:
        path = write(tmp_path, self.TEXT)
        detected = detect(path, scratch=tmp_path / "cells", layouts=BENCHMARK_LAYOUTS)
        read_cells = parse(
            detected,
            Answers(),
            staged=tmp_path / "staged.parquet",
            problems=tmp_path / "problems.parquet",
            scratch=tmp_path / "cells",
        )
        [cell] = pq.read_table(read_cells.staged).to_pylist()
        assert cell["category"] == "Beauty & Personal Care > Skincare"
        assert (cell["impressions"], cell["clicks"]) == (1_000_000, 21_800)
        assert (cell["starts_on"], cell["ends_before"]) == (
            dt.date(2026, 10, 12),
            dt.date(2026, 10, 19),
        )
        assert (cell["median"], cell["shops"]) == (0.021, 24)
        [problem] = pq.read_table(read_cells.problems).to_pylist()
        assert (problem["row"], problem["column"]) == (3, "definition")
