"""Every command and option is documented, and nothing documented is missing."""

import re
from pathlib import Path

import typer
from typer.core import TyperGroup

from linkstar.cli.tree import build

DOCS = Path(__file__).parents[3] / "docs"
SHARED = {"json", "csv", "plain", "quiet", "verbose", "no-input", "yes", "lang", "help"}


def commands(group: TyperGroup, path: str = "linkstar") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, command in group.commands.items():
        here = f"{path} {name}"
        found |= commands(command, here) if hasattr(command, "commands") else {here: command}
    return found


def sections() -> dict[str, str]:
    """Text below each `## linkstar ...` heading, by the command without its arguments."""
    parts = re.split(r"^## (linkstar .*)$", (DOCS / "cli.md").read_text(), flags=re.MULTILINE)[1:]
    names = [re.sub(r" (\[?[A-Z].*)$", "", heading) for heading in parts[::2]]
    return dict(zip(names, parts[1::2], strict=True))


def long_options(command: object) -> set[str]:
    spelled = (spelling for one in command.params for spelling in (one.opts or []))
    return {spelling[2:] for spelling in spelled if spelling.startswith("--")} - SHARED


class TestTheCommandLineDocument:
    def test_has_a_section_for_every_command_and_no_other(self) -> None:
        assert set(sections()) == set(commands(typer.main.get_command(build())))

    def test_names_every_option_of_every_command_and_no_other(self) -> None:
        written = sections()
        for name, command in commands(typer.main.get_command(build())).items():
            named = set(re.findall(r"`--([a-z-]+)`", written[name]))
            assert long_options(command) <= named, name
            table = re.findall(r"^\| (`--.*?`) \|", written[name], flags=re.MULTILINE)
            stated = {one for row in table for one in re.findall(r"--([a-z-]+)", row)}
            assert stated <= long_options(command), name

    def test_names_every_option_that_all_commands_have(self) -> None:
        shared = (DOCS / "cli.md").read_text().partition("## linkstar init")[0]
        assert all(f"`--{option}" in shared for option in SHARED)

    def test_lists_every_exit_code(self) -> None:
        from linkstar.cli.exits import ExitCode

        codes = re.findall(r"^\| (\d+) \| ", (DOCS / "cli.md").read_text(), flags=re.MULTILINE)
        assert [int(code) for code in codes] == list(ExitCode)


NO_JSON = {"ledger export"}
"""Commands that write a file of a format of its own."""


class TestTheJsonDocument:
    def test_has_a_section_for_every_command_and_no_other(self) -> None:
        headings = re.findall(r"^## (.*)$", (DOCS / "json.md").read_text(), flags=re.MULTILINE)
        named = {name for heading in headings for name in heading.split(", ")} - {"Errors"}
        asked = {
            name.removeprefix("linkstar ") for name in commands(typer.main.get_command(build()))
        }
        assert named == asked - NO_JSON
