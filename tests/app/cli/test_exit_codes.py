"""Scripts can rely on how a command ends, and people on what it says."""

import json
import socket

from tests.app.cli.conftest import Linkstar


class TestHelp:
    def test_is_data_and_ends_well(self, linkstar: Linkstar) -> None:
        shown = linkstar("--help")
        assert shown.code == 0
        assert "uplift" in shown.out
        assert shown.err == ""

    def test_speaks_chinese_where_the_environment_does(self, linkstar: Linkstar) -> None:
        assert "用法" in linkstar("--help", LANG="zh_CN.UTF-8").out
        assert "用法" in linkstar("uplift", "--lang", "zh", "--help").out

    def test_loads_neither_the_framework_nor_the_engines(self, linkstar: Linkstar) -> None:
        import subprocess
        import sys

        listed = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "linkstar.cli.main", "--help"],
            capture_output=True, text=True, check=True,
        ).stderr  # fmt: skip
        for heavy in ("django", "numpy", "pyarrow", "duckdb", "deltalake", "rich.console"):
            assert f" {heavy}\n" not in listed, heavy


class TestMisuse:
    def test_of_an_unknown_command_ends_with_2(self, linkstar: Linkstar) -> None:
        assert linkstar("nonsense").code == 2

    def test_of_an_unknown_option_ends_with_2_and_says_so_on_stderr(
        self, linkstar: Linkstar
    ) -> None:
        ended = linkstar("doctor", "--nonsense")
        assert (ended.code, ended.out) == (2, "")
        assert "--nonsense" in ended.err

    def test_of_two_forms_at_once_ends_with_2(self, linkstar: Linkstar) -> None:
        assert linkstar("uplift", "--json", "--csv").code == 2

    def test_of_a_subject_without_a_name_erases_nobody(self, linkstar: Linkstar) -> None:
        ended = linkstar("retention", "erase", "--creator", "@", "--yes")
        assert ended.code == 2
        assert "[one_subject]" in ended.err

    def test_of_a_word_that_is_no_choice_names_the_choices(self, installed: Linkstar) -> None:
        ended = installed("uplift", "--by", "planet")
        assert ended.code == 2
        assert "creator" in ended.err
        assert "[choice_unknown]" in ended.err


class TestAnErrorAsJson:
    def test_is_one_document_with_a_stable_name(self, linkstar: Linkstar) -> None:
        ended = linkstar("uplift", "--json")
        assert ended.code == 3
        assert ended.document["error"]["name"] == "no_installation"
        assert set(ended.document["error"]) == {"name", "message", "advice"}


class TestWhatIsNotThere:
    def test_a_workspace_ends_with_3(self, installed: Linkstar) -> None:
        assert installed("uplift", "--workspace", "nobody").code == 3

    def test_a_shop_ends_with_3_and_names_those_there_are(self, installed: Linkstar) -> None:
        ended = installed("uplift", "--shop", "nobody")
        assert ended.code == 3
        assert "Lin Beauty" in ended.err

    def test_a_benchmark_ends_with_3(self, installed: Linkstar) -> None:
        assert installed("benchmark", "show", "bmk_0").code == 3
        assert installed("uplift", "--benchmark", "bmk_0").code == 3


class TestInit:
    def test_twice_changes_nothing(self, linkstar: Linkstar) -> None:
        first = linkstar("init", "--json")
        assert first.document | {"data": ""} == {
            "version": 1, "data": "", "created": True, "has_people": False,
        }  # fmt: skip
        assert linkstar("init", "--json").code == 0

    def test_needs_a_password_and_asks_nobody_who_is_not_there(self, begun: Linkstar) -> None:
        ended = begun("init", "--email", "lin@example.com")
        assert ended.code == 2
        assert "LINKSTAR_PASSWORD" in ended.err

    def test_refuses_a_weak_password_and_leaves_nobody_behind(self, begun: Linkstar) -> None:
        assert begun("init", "--email", "a@example.com", LINKSTAR_PASSWORD="1234").code == 2
        assert begun("init", "--json").document["has_people"] is False

    def test_refuses_a_zone_that_is_none(self, begun: Linkstar) -> None:
        ended = begun(
            "init", "--email", "a@example.com", "--tz", "Mars/Base", LINKSTAR_PASSWORD="a-b-c-d-e-f"
        )
        assert ended.code == 2
        assert "[zone_unknown]" in ended.err


class TestServe:
    def test_ends_with_5_where_the_port_is_taken(self, linkstar: Linkstar) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            ended = linkstar("serve", "--port", port)
        assert ended.code == 5
        assert str(port) in ended.err


class TestDoctor:
    def test_ends_with_7_where_something_is_missing(self, linkstar: Linkstar) -> None:
        ended = linkstar("doctor", "--json")
        assert ended.code == 7
        unwell = {check["name"]: check for check in ended.document["checks"] if not check["ok"]}
        assert "init" in unwell["records"]["advice"]

    def test_looks_at_every_part(self, installed: Linkstar) -> None:
        names = [check["name"] for check in installed("doctor", "--json").document["checks"]]
        assert names == ["python", "data", "disk", "records", "facts", "pages", "port"]


class TestAnEmptyInstallation:
    def test_answers_uplift_with_no_rows_and_says_why(self, installed: Linkstar) -> None:
        answer = installed("uplift", "--json").document
        assert answer["rows"] == []
        assert answer["benchmark"] is None
        assert "no_benchmark" in {note["kind"] for note in answer["notes"]}

    def test_lists_no_benchmark(self, installed: Linkstar) -> None:
        assert installed("benchmark", "list", "--json").document == {"version": 1, "benchmarks": []}

    def test_prints_csv_with_the_json_names(self, installed: Linkstar) -> None:
        header = installed("uplift", "--csv").out.splitlines()[0].split(",")
        assert header[:4] == ["key", "name", "contents", "impressions"]

    def test_says_nothing_when_told_to_be_quiet(self, installed: Linkstar) -> None:
        assert installed("uplift", "--json", "-q").err == ""


def test_documents_are_utf_8_json(installed: Linkstar) -> None:
    assert json.loads(installed("doctor", "--json", "--lang", "zh").out)["version"] == 1
