"""The lines that README and the notebook's document show run as they stand there."""

import ast
import inspect
import re
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import polars as pl
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from tests.golden.exports import EXPORTS

import linkstar
from linkstar.insights.questions import By

ROOT = Path(__file__).parents[3]
NOTEBOOK = ROOT / "docs" / "python.md"
DOCUMENTS = (NOTEBOOK, ROOT / "README.md", ROOT / "README.zh-Hans.md")
MARKET = """market,category,definition,impressions,clicks,source
US,,product_impressions,1000000,20000,Invented
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the two files the documents speak of."""
    videos = next(one for one in EXPORTS if one.name.startswith("Acme_Video_Data"))
    replace(videos, name="Video_Data_20260722.xlsx").write(tmp_path)
    (tmp_path / "us.csv").write_text(MARKET)
    monkeypatch.chdir(tmp_path)
    mpl.use("Agg")


def shown_by(document: Path) -> list[object]:
    """What each line of its Python shows, run as a notebook runs it."""
    [code] = re.findall(r"^```python\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    shown = []
    for line in ast.parse(code).body:
        if isinstance(line, ast.Expr):
            shown.append(eval(ast.unparse(line), names))
        else:
            exec(ast.unparse(line), names)
    return shown


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_line_runs_and_shows_something(document: Path) -> None:
    frame, axes = shown_by(document)
    assert isinstance(frame, pd.DataFrame | pl.DataFrame)
    assert set(frame["key"]) == {"ada", "bo"}
    assert isinstance(axes, Axes)
    plt.close("all")


class TestTheDocument:
    @pytest.mark.parametrize("function", [linkstar.load, linkstar.uplift])
    def test_names_every_argument_and_no_other(self, function) -> None:
        text = NOTEBOOK.read_text().partition(f"## linkstar.{function.__name__}(")[2]
        table = text.partition("\n## ")[0]
        cells = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
        named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
        assert named == set(inspect.signature(function).parameters)

    def test_names_every_kind_of_row(self) -> None:
        [row] = re.findall(r"^\| `by` \| (.*) \|$", NOTEBOOK.read_text(), re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == {one.value for one in By} - {"platform"}
