"""The import contract of ARCHITECTURE.md, held by import-linter."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "linkstar"
TABLE = (ROOT / "ARCHITECTURE.md").read_text()


class TestTheImportContract:
    def test_is_kept(self) -> None:
        linter = Path(sys.executable).with_name("lint-imports")
        finished = subprocess.run(
            [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stdout

    def test_names_every_module_there_is(self) -> None:
        modules = {p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists()}
        contract = (ROOT / "pyproject.toml").read_text()
        unnamed = {name for name in modules if f"linkstar.{name}" not in contract}
        assert unnamed == set()


class TestRules:
    def test_never_see_a_model_or_django(self) -> None:
        rules = sorted(SOURCE.glob("*/rules.py"))
        assert rules, "no rules were found"
        impure = [str(r) for r in rules if "django" in r.read_text() or ".models" in r.read_text()]
        assert impure == []


class TestTheTableOfModules:
    """The third column of ARCHITECTURE.md, for every module that may not import just anything."""

    def test_names_what_each_module_imports(self) -> None:
        modules = {path.stem for path in SOURCE.iterdir()} - {"__init__", "__pycache__"}
        rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", TABLE, re.MULTILINE)
        told = {
            name: modules & set(re.findall(r"\w+", may))
            for name, may in rows
            if name in modules and "any" not in may
        }
        assert len(told) > 20
        found = {name: imports_of(SOURCE / name) - {name, "config"} for name in told}
        wrong = [
            f"{name}: add {found[name] - told[name]}, drop {told[name] - found[name]}"
            for name in told
            if found[name] != told[name]
        ]
        assert wrong == [], "the table of modules in ARCHITECTURE.md"


def imports_of(module: Path) -> set[str]:
    """The modules of ours that a module names in its imports."""
    files = [*module.rglob("*.py"), module.with_suffix(".py")]
    return {
        found
        for path in files
        if path.is_file() and "migrations" not in path.parts
        for found in re.findall(r"^ *from linkstar\.(\w+)", path.read_text(), re.MULTILINE)
    }
