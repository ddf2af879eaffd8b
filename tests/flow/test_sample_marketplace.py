"""A person who has nothing sets the sample up by one command and reads an uplift from it."""

import json
from pathlib import Path

import pytest
from tests.app.cli.conftest import Finished, Linkstar, command
from tests.json_document import documented, fields_of


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def house(data: Path) -> Linkstar:
    return command(data)


@pytest.fixture(scope="module")
def demo(house: Linkstar) -> Finished:
    return house("demo", "--small", "--json")


@pytest.fixture(scope="module")
def files(demo: Finished) -> dict[str, Path]:
    """The export files for trying the import, by the beginning of their names."""
    folder = Path(demo.document["files"])
    return {path.name: path for path in sorted(folder.iterdir())}


class TestOneCommand:
    def test_makes_everything_ready(self, demo: Finished) -> None:
        assert demo.code == 0, demo.err
        assert demo.document["created"] is True
        assert demo.document["password"]

    def test_finds_it_there_the_second_time(self, house: Linkstar, demo: Finished) -> None:
        again = house("demo", "--json")
        assert again.code == 0
        assert again.document == demo.document | {"created": False}

    def test_answers_who_promotes_better_than_the_market(
        self, house: Linkstar, demo: Finished
    ) -> None:
        answer = house("uplift", "--json").document
        assert answer["benchmark"]["source"] == "computed"
        winner = next(row for row in answer["rows"] if row["key"] == "juno.tries")
        assert winner["state"] in {"above", "benchmark_unstable"}
        assert winner["ctr_ratio"] == pytest.approx(1 + winner["uplift"])
        assert winner["low"] < winner["uplift"] < winner["high"]
        assert winner["ctr"] == pytest.approx(winner["clicks"] / winner["impressions"])

    @pytest.mark.parametrize("by", ["content", "product", "category", "shop"])
    def test_answers_by_everything_else_with_the_same_total(
        self, house: Linkstar, demo: Finished, by: str
    ) -> None:
        answer = house("uplift", "--by", by, "--json").document
        assert sum(row["impressions"] for row in answer["rows"]) == answer["total"]["impressions"]

    def test_answers_by_segment_against_the_same_segment(
        self, house: Linkstar, demo: Finished
    ) -> None:
        answer = house("uplift", "--by", "shop", "--segment", "gender", "--json").document
        female, male = (
            next(row for row in answer["rows"] if row["segment"] == gender)
            for gender in ("female", "male")
        )
        assert female["ctr"] != male["ctr"]
        assert female["benchmark_ctr"] != male["benchmark_ctr"]

    def test_speaks_chinese_to_whoever_asks(self, house: Linkstar, demo: Finished) -> None:
        """Which verdicts there are depends on the day, because the sample moves with it."""
        said = house("uplift", "--lang", "zh").out
        states = {row["state"] for row in house("uplift", "--json").document["rows"]}
        chinese = {"cannot_tell": "无法判定", "not_enough_data": "数据不足", "above": "高于基准"}

        assert "点击率提升" in said
        assert "not_enough_data" in states
        assert {state for state in chinese if chinese[state] in said} == states & chinese.keys()


class TestTheBenchmark:
    def test_is_listed_and_shown_with_its_withheld_cells(
        self, house: Linkstar, demo: Finished
    ) -> None:
        [edition] = house("benchmark", "list", "--json").document["benchmarks"]
        shown = house("benchmark", "show", edition["id"], "--json").document
        cells = {(cell["category"], cell["content_type"]): cell for cell in shown["cells"]}
        beauty = cells["Beauty & Personal Care", ""]
        assert 0.02 < beauty["ctr"] < 0.06
        books = cells["Books, Magazines & Audio", ""]
        assert (books["ctr"], books["withheld"]) == (None, "few_shops")

    def test_is_told_to_chinese_readers_in_chinese(self, house: Linkstar, demo: Finished) -> None:
        told = house("benchmark", "list", "--lang", "zh").out
        assert "由参与店铺汇总" in told
        assert "已发布" in told
        [edition] = house("benchmark", "list", "--json").document["benchmarks"]
        cells = house("benchmark", "show", edition["id"], "--lang", "zh").out
        assert "店铺过少" in cells
        assert "few_shops" not in cells
        assert "\n收藏品\t" in cells
        assert "0+\t" in cells

    def test_is_published_already_and_publishing_again_changes_nothing(
        self, house: Linkstar, demo: Finished
    ) -> None:
        [edition] = house("benchmark", "list", "--json").document["benchmarks"]
        again = house("benchmark", "publish", edition["id"], "--json").document
        assert again["benchmark"] == edition


class TestTheExportFiles:
    def test_all_go_in_with_every_row_accounted_for(
        self, house: Linkstar, files: dict[str, Path]
    ) -> None:
        note = files.pop("README.txt").read_text()
        for name, path in files.items():
            shop, days = next(
                line.partition(": ")[2].split(", ") for line in note.splitlines() if name in line
            )
            was_imported = "Affiliate_Orders" in name
            options = [] if name.startswith("罗盘") else ["--period", days]
            if was_imported:
                options = ["--tz", "America/Los_Angeles"]
            ended = house(
                "import", path, "--shop", shop, "--currency", "USD", *options, "--json"
            )  # fmt: skip
            assert ended.code == 0, (name, ended.out, ended.err)
            [file] = ended.document["files"]
            assert file["rows"] == file["duplicates" if was_imported else "loaded"] > 0, name

    def test_say_the_same_rates_as_the_tracked_events(
        self, house: Linkstar, files: dict[str, Path]
    ) -> None:
        note = (next(iter(files.values())).parent / "README.txt").read_text()
        days = next(line for line in note.splitlines() if "罗盘" in line).rpartition(" ")[2]
        first, _, last = days.partition("..")
        period = ["--from", first, "--to", last, "--shop", "Starlane Beauty", "--json"]
        told = {
            source: {
                row["key"]: (row["impressions"], row["clicks"])
                for row in house("uplift", "--by", "content", "--source", source, *period).document[
                    "rows"
                ]
            }
            for source in ("exports", "tracked")
        }
        shared = told["exports"].keys() & told["tracked"].keys()
        assert len(shared) > 20
        assert all(told["exports"][key] == told["tracked"][key] for key in shared)

    def test_leave_the_facts_in_good_order(self, house: Linkstar, demo: Finished) -> None:
        verified = house("verify", "--json")
        assert (verified.code, json.loads(verified.out)["findings"]) == (0, [])


class TestTheJsonDocument:
    def test_names_every_field_there_is(
        self, house: Linkstar, demo: Finished, tmp_path: Path
    ) -> None:
        bad = tmp_path / "bad.csv"
        bad.write_text("creator,impressions,clicks\nada,1000,20\nbo,many,3\n")
        [edition] = house("benchmark", "list", "--json").document["benchmarks"]
        said = {
            "init": house("init", "--json"),
            "import": house(
                "import", bad, "--shop", "Starlane Beauty", "--period", "2026-01-01..2026-01-07",
                "--dry-run", "--json",
            ),
            "benchmark list": house("benchmark", "list", "--json"),
            "benchmark show": house("benchmark", "show", edition["id"], "--all", "--json"),
            "benchmark publish": house("benchmark", "publish", edition["id"], "--json"),
            "uplift": house("uplift", "--by", "shop", "--segment", "gender", "--json"),
            "demo": demo,
            "doctor": house("doctor", "--json"),
            "verify": house("verify", "--json"),
            "ledger check": house("ledger", "check", "--json"),
            "ledger balances": house("ledger", "balances", "--json"),
            "Errors": house("benchmark", "show", "bmk_0", "--json"),
        }  # fmt: skip
        fields = documented()
        for name, finished in said.items():
            assert fields_of(finished.document) <= fields[name], name

    def test_reports_a_bad_row_by_name_and_place(
        self, house: Linkstar, demo: Finished, tmp_path: Path
    ) -> None:
        bad = tmp_path / "bad.csv"
        bad.write_text("creator,impressions,clicks\nada,1000,20\nbo,many,3\n")
        ended = house(
            "import", bad, "--shop", "Starlane Beauty", "--period", "2026-01-01..2026-01-07",
            "--dry-run", "--json",
        )  # fmt: skip
        assert ended.code == 6
        [file] = ended.document["files"]
        assert (file["rows"], file["loaded"], file["rejected"]) == (2, 1, 1)
        [problem] = file["problems"]
        assert (problem["row"], problem["column"], problem["value"]) == (3, "impressions", "many")
        assert problem["code"] == "number.format"
        assert problem["expected"]
