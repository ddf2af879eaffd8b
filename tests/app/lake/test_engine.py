"""One interface to whatever answers questions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from linkstar.lake import engine as watching
from linkstar.lake.engine import DuckDBEngine


@pytest.fixture
def engine(tmp_path: Path) -> DuckDBEngine:
    return DuckDBEngine(tmp_path / "spill", memory_limit="100MB")


def answer(engine: DuckDBEngine, sql: str, **parameters: object) -> list[dict]:
    return engine.query(sql, parameters).to_pylist()


class TestTheEngine:
    def test_binds_parameters_by_name(self, engine) -> None:
        assert answer(engine, "SELECT $a::INTEGER + $b::INTEGER AS sum", a=2, b=3) == [{"sum": 5}]

    def test_knows_the_tables_it_is_given_and_forgets_them(self, engine) -> None:
        told = {"given": pa.table({"n": pa.array([1, 2, 3], pa.int64())})}
        sql = "SELECT sum(n)::BIGINT AS n FROM given"
        assert engine.query(sql, {}, told).to_pylist() == [{"n": 6}]
        with pytest.raises(Exception, match="given"):
            engine.query(sql)

    def test_answers_many_threads_at_once(self, engine) -> None:
        sql = "SELECT sum(i)::BIGINT AS n FROM range($upto::BIGINT) AS each(i)"
        with ThreadPoolExecutor(8) as threads:
            found = threads.map(lambda upto: answer(engine, sql, upto=upto), range(1, 60))
        assert [row["n"] for [row] in found] == [n * (n - 1) // 2 for n in range(1, 60)]

    def test_tells_instants_in_utc(self, engine) -> None:
        [row] = answer(engine, "SELECT TIMESTAMPTZ '2026-03-08 10:00:00+00' AS at")
        assert row["at"].isoformat() == "2026-03-08T10:00:00+00:00"

    def test_never_fetches_extensions(self, engine) -> None:
        sql = "SELECT current_setting('autoinstall_known_extensions') AS fetches"
        assert answer(engine, sql) == [{"fetches": False}]

    def test_has_a_folder_of_its_own_for_what_does_not_fit(self, engine, tmp_path) -> None:
        [row] = answer(engine, "SELECT current_setting('temp_directory') AS folder")
        assert row == {"folder": str(tmp_path / "spill")}


class TestAWatchedQuery:
    LONG = "SELECT count(*) FROM range(40_000_000) AS each(i) WHERE hash(i) % 7 = 0"

    def test_tells_how_far_it_is_and_gives_what_it_made(self, monkeypatch) -> None:
        monkeypatch.setattr(watching, "WATCH_SECONDS", 0.01)
        told: list[float] = []
        with duckdb.connect() as connection:
            found = watching.watched(
                connection, lambda: connection.execute(self.LONG).fetchone(), told.append
            )
            assert found == connection.execute(self.LONG).fetchone()
        assert told
        assert all(0 <= share <= 1 for share in told)

    def test_is_interrupted_by_whatever_the_watcher_raises(self, monkeypatch) -> None:
        monkeypatch.setattr(watching, "WATCH_SECONDS", 0.01)

        def stop(_share: float) -> None:
            raise KeyboardInterrupt

        with duckdb.connect() as connection:
            forever = "SELECT count(*) FROM range(1e15::BIGINT) AS each(i) WHERE hash(i) = 7"
            with pytest.raises(KeyboardInterrupt):
                watching.watched(connection, lambda: connection.execute(forever), stop)

    def test_fails_as_the_query_does(self) -> None:
        with duckdb.connect() as connection, pytest.raises(duckdb.CatalogException):
            watching.watched(connection, lambda: connection.execute("FROM nowhere"), print)
