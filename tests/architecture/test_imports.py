"""The import contract of ARCHITECTURE.md, held by import-linter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class TestTheImportContract:
    def test_is_kept(self) -> None:
        linter = Path(sys.executable).with_name("lint-imports")
        finished = subprocess.run(
            [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stdout

    def test_names_every_module_there_is(self) -> None:
        modules = {
            p.name for p in (ROOT / "src" / "linkstar").iterdir() if (p / "__init__.py").exists()
        }
        contract = (ROOT / "pyproject.toml").read_text()
        unnamed = {name for name in modules if f"linkstar.{name}" not in contract}
        assert unnamed == set()


class TestRules:
    def test_never_see_a_model_or_django(self) -> None:
        rules = sorted((ROOT / "src" / "linkstar").glob("*/rules.py"))
        assert rules, "no rules were found"
        impure = [str(r) for r in rules if "django" in r.read_text() or ".models" in r.read_text()]
        assert impure == []
