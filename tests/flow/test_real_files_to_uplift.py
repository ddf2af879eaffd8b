"""From real public files to uplift by command: every count agrees with its published totals."""

import csv
from pathlib import Path

import pytest
from tests import prepared
from tests.app.cli.conftest import Finished, Linkstar, command

DATA = Path(__file__).parents[3] / "shared" / "data"
UPWORTHY = DATA / "upworthy_dev.csv"
ARMS, IMPRESSIONS, CLICKS = 11_555, 41_621_428, 620_202
MAP = (
    "content_id=row_id,content_title=headline,creator=clickability_test_id,"
    "impressions=impressions,clicks=clicks"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    data = tmp_path_factory.mktemp("flow")
    prepared.begin(data)
    run = command(data)
    made = run(
        "init", "--email", "lin@example.com", "--workspace", "Lin", "--shop", "Lin",
        LINKSTAR_PASSWORD="a long enough password",
    )  # fmt: skip
    assert made.code == 0, made.err
    return run


@pytest.fixture(scope="module")
def imported(house: Linkstar) -> Finished:
    return house(
        "import", UPWORTHY, "--map", MAP, "--period", "2013-01-01..2015-04-30", "--json"
    )  # fmt: skip


class TestUpworthyArms:
    def test_are_all_loaded(self, imported: Finished) -> None:
        assert imported.code == 0, imported.err
        [file] = imported.document["files"]
        assert (file["rows"], file["loaded"], file["rejected"]) == (ARMS, ARMS, 0)
        assert file["rows"] == sum(
            file[name] for name in ("loaded", "duplicates", "rejected", "superseded")
        )

    def test_add_up_to_the_published_totals(self, house: Linkstar, imported: Finished) -> None:
        answer = house("uplift", "--by", "content", "--json").document
        assert len(answer["rows"]) == ARMS
        assert sum(row["impressions"] for row in answer["rows"]) == IMPRESSIONS
        assert sum(row["clicks"] for row in answer["rows"]) == CLICKS
        assert (answer["total"]["impressions"], answer["total"]["clicks"]) == (IMPRESSIONS, CLICKS)
        assert answer["total"]["contents"] == ARMS

    def test_make_one_row_per_test_with_its_arms_as_contents(
        self, house: Linkstar, imported: Finished
    ) -> None:
        rows = house("uplift", "--by", "creator", "--json").document["rows"]
        assert len(rows) == 2_471
        with UPWORTHY.open(encoding="utf-8") as file:
            arms = list(csv.DictReader(file))
        first = arms[0]["clickability_test_id"]
        ours = [arm for arm in arms if arm["clickability_test_id"] == first]
        [row] = [row for row in rows if row["key"] == first]
        assert row["contents"] == len(ours)
        assert row["impressions"] == sum(int(arm["impressions"]) for arm in ours)
        assert row["clicks"] == sum(int(arm["clicks"]) for arm in ours)

    def test_count_once_when_the_file_comes_again(
        self, house: Linkstar, imported: Finished
    ) -> None:
        again = house(
            "import", UPWORTHY, "--map", MAP, "--period", "2013-01-01..2015-04-30", "--json"
        )
        [file] = again.document["files"]
        assert (file["loaded"], file["duplicates"]) == (0, ARMS)
        total = house("uplift", "--json").document["total"]
        assert (total["impressions"], total["clicks"]) == (IMPRESSIONS, CLICKS)

    def test_leave_the_facts_in_good_order(self, house: Linkstar, imported: Finished) -> None:
        assert house("verify", "--json").document == {"version": 1, "ok": True, "findings": []}


class TestAFileThatLeavesSomethingUnsaid:
    def test_is_not_guessed_at(self, house: Linkstar) -> None:
        ended = house("import", UPWORTHY, "--map", MAP, "--json")
        [file] = ended.document["files"]
        assert ended.code == 2
        assert file["error"]["name"] == "needs_answers"
        assert "--period" in file["error"]["advice"]

    def test_changes_nothing_when_it_is_only_tried(self, begun: Linkstar) -> None:
        begun(
            "init", "--email", "lin@example.com", LINKSTAR_PASSWORD="a long enough password"
        )  # fmt: skip
        tried = begun(
            "import", UPWORTHY, "--map", MAP, "--period", "2013-01-01..2015-04-30", "--dry-run",
            "--json",
        )  # fmt: skip
        [file] = tried.document["files"]
        assert (file["loaded"], file["state"]) == (ARMS, "dry_run")
        assert begun("uplift", "--json").document["rows"] == []


class TestLooseFiles:
    def test_are_answered_against_a_benchmark_file_without_any_set_up(
        self, linkstar: Linkstar, tmp_path: Path
    ) -> None:
        benchmark = tmp_path / "us.csv"
        benchmark.write_text(
            "market,category,definition,impressions,clicks,source,licence\n"
            f"US,,product_impressions,{IMPRESSIONS},{CLICKS},Upworthy Research Archive,CC BY 4.0\n"
        )
        ended = linkstar(
            "uplift", UPWORTHY, "--benchmark", benchmark, "--map", MAP, "--by", "content",
            "--period", "2013-01-01..2015-04-30", "--json",
        )  # fmt: skip
        assert ended.code == 0, ended.err
        answer = ended.document
        assert len(answer["rows"]) == ARMS
        assert answer["total"]["ctr"] == pytest.approx(0.01490103, abs=5e-9)
        assert answer["total"]["uplift"] == pytest.approx(0, abs=1e-12)
        by_key = {row["key"]: row for row in answer["rows"]}
        with UPWORTHY.open(encoding="utf-8") as file:
            first = next(csv.DictReader(file))
        ctr = int(first["clicks"]) / int(first["impressions"])
        assert by_key[first["row_id"]]["ctr_ratio"] == pytest.approx(ctr / (CLICKS / IMPRESSIONS))
        assert not (tmp_path / "linkstar.sqlite3").exists()
