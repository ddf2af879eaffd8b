"""The second wall as it stands in production: on a PostgreSQL server, and on none but that."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def pass_over(postgres: str, *what: str) -> None:
    """These tests pass over the server."""
    options = ("-q", "-p", "no:cacheprovider", "--ds", "tests.postgres_settings")
    ended = run("pytest", *options, *what, LINKSTAR_TEST_POSTGRES=postgres)
    assert ended.returncode == 0, ended.stdout[-4_000:]


def records_seen_by_doctor(place: Path, postgres: str) -> dict:
    checked = run(
        "linkstar.cli.main", "doctor", "--json",
        LINKSTAR_POSTGRES=postgres, LINKSTAR_DATA=str(place),
    )  # fmt: skip
    return next(one for one in json.loads(checked.stdout)["checks"] if one["name"] == "records")


class TestRowSecurity:
    def test_holds_what_it_promises(self, postgres: str) -> None:
        pass_over(postgres, "tests/postgres/walls.py")

    def test_is_missed_by_doctor_where_the_role_sees_past_it(
        self, postgres: str, tmp_path: Path
    ) -> None:
        assert not records_seen_by_doctor(tmp_path, postgres)["ok"], "nothing is there yet"
        begun = run(
            "linkstar.cli.main", "init", "--no-input", "--email", "lin@example.com",
            "--workspace", "Lin", "--shop", "Lin Beauty US",
            LINKSTAR_POSTGRES=postgres, LINKSTAR_DATA=str(tmp_path),
            LINKSTAR_PASSWORD="a long enough password",
        )  # fmt: skip
        assert begun.returncode == 0, begun.stderr
        assert records_seen_by_doctor(tmp_path, postgres)["ok"]
        superuser = postgres.replace("//linkstar:", "//postgres:")
        assert "row security" in records_seen_by_doctor(tmp_path, superuser)["seen"]

    @pytest.mark.long
    def test_hinders_no_page_and_no_operation(self, postgres: str) -> None:
        pages = [
            f"tests/app/web/test_{name}.py"
            for name in ("disputes", "income", "people", "plans", "recruiting", "settlements",
                         "shell", "tracking")
        ]  # fmt: skip
        pass_over(postgres, "tests/app/api", "tests/app/settlements", *pages, "-m", "not long")
