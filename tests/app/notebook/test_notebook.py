"""`import linkstar` in a notebook."""

import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import linkstar
from linkstar.connectors.reading.refusals import AnswerMissing
from linkstar.notebook.data import NotAFrame

FRAME = {
    "creator": ["ada"] * 20 + ["bo"] * 20,
    "content_id": [f"73000000000000000{n:02}" for n in range(40)],
    "category": ["Beauty"] * 40,
    "impressions": [5_000] * 40,
    "clicks": [250] * 20 + [100] * 20,
    "date": ["2026-10-01"] * 40,
}
BENCHMARK = """market,category,definition,impressions,clicks,source
US,Beauty,product_impressions,1000000,20000,Invented
"""
HEAVY = ("pyarrow", "numpy", "duckdb", "django")


@pytest.fixture
def benchmark(tmp_path):
    path = tmp_path / "benchmark.csv"
    path.write_text(BENCHMARK)
    return path


@pytest.fixture
def videos(tmp_path):
    path = tmp_path / "videos.csv"
    pd.DataFrame(FRAME).to_csv(path, index=False)
    return path


class TestAFile:
    def test_gives_uplift_in_two_lines(self, videos, benchmark):
        answer = linkstar.uplift(linkstar.load(videos), benchmark=benchmark)
        first, second = answer.to_arrow().to_pylist()
        assert (first["key"], first["state"]) == ("ada", "above")
        assert first["uplift"] == pytest.approx(1.5)
        assert second["uplift"] == pytest.approx(0.0, abs=1e-12)

    def test_accounts_for_every_row(self, videos, benchmark):
        [read] = linkstar.uplift(videos, benchmark=benchmark).files
        assert (read.rows, read.loaded, read.rejected) == (40, 40, 0)

    def test_without_a_benchmark_has_rates_only(self, videos):
        rows = linkstar.uplift(videos).to_arrow()
        assert set(rows["state"].to_pylist()) == {"benchmark_missing"}
        assert rows["uplift"].null_count == 2

    def test_with_other_headers_takes_a_mapping(self, tmp_path, benchmark):
        path = tmp_path / "views.csv"
        renamed = {"impressions": "Shown", "clicks": "Taps"}
        pd.DataFrame(FRAME).rename(columns=renamed).to_csv(path, index=False)
        mapping = {"Shown": "impressions", "Taps": "clicks"}
        data = linkstar.load(path, mapping=mapping)
        assert len(linkstar.uplift(data, benchmark=benchmark)) == 2


@pytest.mark.parametrize(
    "made", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"]
)
class TestAFrame:
    def test_gives_the_same_as_its_file(self, made, videos, benchmark):
        from_file = linkstar.uplift(videos, benchmark=benchmark).to_arrow()
        from_frame = linkstar.uplift(made(FRAME), benchmark=benchmark).to_arrow()
        assert from_frame.equals(from_file)


class TestAnAnswer:
    @pytest.fixture
    def answer(self, videos, benchmark):
        return linkstar.uplift(videos, benchmark=benchmark)

    def test_is_a_frame_of_either_library(self, answer):
        assert list(answer.to_pandas()["key"]) == answer.to_polars()["key"].to_list()

    def test_is_a_table_to_look_at_in_both_spellings(self, answer):
        assert "+150 % (2.50×)" in answer._repr_html_()

    def test_escapes_names(self, benchmark):
        frame = {**FRAME, "creator": ["<b>ada"] * 40}
        html = linkstar.uplift(pa.table(frame), benchmark=benchmark)._repr_html_()
        assert "<b>" not in html

    def test_draws_a_forest_plot(self, answer):
        import matplotlib as mpl

        mpl.use("Agg")
        from matplotlib import pyplot as plt

        axes = answer.plot()
        assert [label.get_text() for label in axes.get_yticklabels()] == ["bo", "ada"]
        low, high = axes.lines[2].get_xdata()
        assert low < 1.5 < high
        plt.close(axes.figure)

    def test_draws_chinese_names(self, benchmark, recwarn):
        import matplotlib as mpl

        mpl.use("Agg")
        from matplotlib import pyplot as plt

        frame = {**FRAME, "creator": ["达人甲"] * 20 + ["达人乙"] * 20}
        axes = linkstar.uplift(pa.table(frame), benchmark=benchmark).plot()
        axes.figure.canvas.draw()
        assert [str(one.message) for one in recwarn if "Glyph" in str(one.message)] == []
        plt.close(axes.figure)

    def test_has_the_stable_json(self, answer):
        assert answer.to_json()["version"] == 1


class TestSomethingElse:
    def test_is_refused_by_name(self):
        with pytest.raises(NotAFrame):
            linkstar.load(42)

    def test_says_in_words_what_a_file_leaves_open(self, tmp_path, benchmark):
        path = tmp_path / "undated.csv"
        path.write_text("creator,content id,impressions,clicks\nada,v1,5000,250\n")
        with pytest.raises(AnswerMissing, match=r"answer\.missing \(needs: period\)"):
            linkstar.uplift(linkstar.load(path), benchmark=benchmark)


class TestImporting:
    def test_is_light(self):
        code = f"import sys, linkstar; print([m for m in {HEAVY} if m in sys.modules])"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"

    def test_needs_no_django_to_answer(self, videos, benchmark):
        code = (
            "import sys, linkstar;"
            f"linkstar.uplift({str(videos)!r}, benchmark={str(benchmark)!r});"
            "print('django' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"
