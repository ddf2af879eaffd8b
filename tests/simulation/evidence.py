"""Computes every row of the demand table and writes `docs/methods/evidence.md`.

Run `python -m tests.simulation.evidence` for the whole protocol, with `--quick` for the seeded
short form, with `--check` to compare with the file without writing it.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.simulation import rows_uplift
from tests.simulation.registry import Demand, Finding, Scale

DOCUMENT = Path(__file__).parents[2] / "docs" / "methods" / "evidence.md"
PREFACE = """\
# Evidence: what the methods were asked to reach, and what they reached

Written by `python -m tests.simulation.evidence{flag}`; scale: **{scale}**. Every figure is
simulated with a fixed seed, so a second run writes the same text. The control is the naive method,
which has to miss the demand. On the quick scale a demand counts as met within the Monte-Carlo error
of its few replicates; on the full scale it counts as it is stated.

以下数字全部由固定随机种子的模拟算出，同一命令再次运行会得到同样的结果。“对照”是常见的朴素做法，它必须达不到要求，
否则这项检验就没有意义。quick 规模重复次数少，在蒙特卡洛误差之内算达到；full 规模严格按要求判断。"""
MAIN_HEADER = (
    "protocol",
    "property",
    "demand",
    "method",
    "reached",
    "met",
    "naive control",
    "control reached",
)


def demands() -> tuple[Demand, ...]:
    """Every registered row, in the order of the demand table."""
    rows = rows_uplift.ROWS
    if find_spec("tests.simulation.rows_experiments") is not None:
        from tests.simulation import rows_experiments

        rows = (*rows, *rows_experiments.ROWS)
    return rows


def render(scale: Scale, findings: list[tuple[Demand, Finding]]) -> str:
    """The document: the demand table, then the points behind each row."""
    flag = " --quick" if scale is Scale.QUICK else ""
    lines = [*PREFACE.format(flag=flag, scale=scale).splitlines(), "", *_table(MAIN_HEADER, [])]
    lines += [_row(demand, finding) for demand, finding in findings]
    for demand, finding in findings:
        for table in finding.tables:
            lines += [
                "",
                f"## {demand.protocol} {demand.what}: {table.title}",
                "",
                *_table(table.header, table.rows),
            ]
    return "\n".join([*lines, ""])


def _row(demand: Demand, finding: Finding) -> str:
    cells = [
        demand.protocol,
        demand.what,
        demand.demand,
        demand.method,
        finding.reached,
        "yes" if finding.holds else "**no**",
        demand.control,
        finding.control_reached + ("" if finding.control_fails else " (**did not fail**)"),
    ]
    return _line(cells)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(header), _line(["---"] * len(header)), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def measure_all(scale: Scale, prefix: str = "") -> list[tuple[Demand, Finding]]:
    """Every demand measured, with the seconds each one took on standard error."""
    findings = []
    for demand in (each for each in demands() if each.key.startswith(prefix)):
        started = time.perf_counter()
        findings.append((demand, demand.measure(scale)))
        sys.stderr.write(f"{demand.key}: {time.perf_counter() - started:.1f} s\n")
    return findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the seeded short form")
    parser.add_argument("--only", default="", help="keys that start with this; nothing is written")
    parser.add_argument("--check", action="store_true", help="compare, do not write")
    options = parser.parse_args()
    scale = Scale.QUICK if options.quick else Scale.FULL
    findings = measure_all(scale, options.only)
    text = render(scale, findings)
    if options.only:
        sys.stdout.write(text)
        return
    if options.check:
        sys.exit(text != DOCUMENT.read_text(encoding="utf-8"))
    DOCUMENT.write_text(text, encoding="utf-8")
    sys.exit(not all(finding.holds and finding.control_fails for _, finding in findings))


if __name__ == "__main__":
    main()
