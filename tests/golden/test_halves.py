"""A large file is read in two halves, and nobody can tell but by the clock."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.golden.reading import Read, read_file, write

from linkstar.connectors.reading import parsing

HEADER = ("creator", "content id", "title", "post date", "impressions", "clicks", "gmv")
PLAIN = ("ada", "7312345678901234567", "Serum", "2026-07-02", "1000", "5", "$1,234.50")
CELLS = {
    "creator": ["ada", "@Bo", " cy ", "艾达", "", "'=ada", "Total", "合计"],
    "content id": ["7312345678901234567", "v1", "7.3E+18", "", "--"],
    "title": ["Serum", "two\nlines", "a, b", 'say "hi"', "护肤", " x", "\u200b", "=1+1", "N/A"],
    "post date": ["2026-07-02", "2026/7/2", "07/02/2026", "2026-02-30", "--", ""],
    "impressions": ["1000", "1,000", "007", "1e3", "1_000", " 12 ", "-4", "1.5", "1.2万", "many"],
    "clicks": ["5", "0", "5.0", "5000", "", "+7", "９"],
    "gmv": ["$1,234.50", "12", "$1K-$5K", "€3", "$1,2,3", "$.5", ""],
}
ODD = st.tuples(*(st.sampled_from(CELLS[name]) for name in HEADER))
RAGGED = st.lists(st.sampled_from(["a", "", "1"]), max_size=len(HEADER) + 2).map(tuple)
RECORDS = st.lists(
    st.one_of(st.just(PLAIN), ODD, st.just(PLAIN), ODD, RAGGED), min_size=1, max_size=60
)


def written(records: list[tuple[str, ...]], end: str) -> str:
    return "".join(",".join(map(cell, each)) + end for each in [HEADER, *records])


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


class TestHalves:
    @given(
        records=RECORDS,
        end=st.sampled_from(["\n", "\r\n"]),
        after=st.sampled_from(["", "\n", "\n\n", "ada,v9"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
        every_line_is_a_record=st.booleans(),
    )
    @settings(max_examples=12, deadline=None)
    def test_give_the_rows_and_the_problems_of_the_whole(
        self, tmp_path_factory, *, records, end, after, encoding, every_line_is_a_record
    ) -> None:
        if every_line_is_a_record:
            records = [each for each in records if "".join(each) and "two\nlines" not in each]
        text = written(records, end) + after
        path = write(tmp_path_factory.mktemp("halves"), text.encode(encoding))
        assert told(read(path, in_halves=True)) == told(read(path, in_halves=False))

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_are_what_is_read_where_every_line_is_a_record(self, tmp_path, monkeypatch, end):
        bad = ("bo", "v2", "Serum", "2026-07-02", "many", "5", "")
        total = ("Total", "", "", "", "9000", "45", "")
        path = write(tmp_path, written([PLAIN] * 9 + [bad, PLAIN, total], end))
        monkeypatch.setattr(parsing, "lines_of", None)  # only who reads the whole counts its lines
        found = read(path, in_halves=True)
        assert found.counts == (11, 10, 1)
        assert sorted(row["row"] for row in found.rows) == [*range(2, 11), 12]
        assert found.problems == [(11, "impressions", "number.format")]
        assert [(n.code, n.params["rows"]) for n in found.parsed.warnings] == [
            ("row.summary", [13])
        ]

    @pytest.mark.parametrize(
        "records",
        [
            [PLAIN, ("ada", "v1", "one\n" * 40, "2026-07-02", "9", "1", ""), PLAIN],
            [PLAIN] * 3 + [()] + [PLAIN] * 9,
        ],
        ids=["cut inside a cell", "a blank line before the cut"],
    )
    def test_are_not_taken_where_they_would_be_counted_wrongly(self, tmp_path, records) -> None:
        path = write(tmp_path, written(records, "\n"))
        rows = sorted(row["row"] for row in read(path, in_halves=True).rows)
        assert rows == [at for at, record in enumerate(records, start=2) if record]

    def test_leave_nothing_behind(self, tmp_path) -> None:
        path = write(tmp_path, written([PLAIN] * 9, "\n"))
        read(path, in_halves=True)
        assert not list(tmp_path.rglob("*half*"))


def read(path, *, in_halves: bool) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "LARGE_BYTES", 0 if in_halves else 1 << 40)
        folder = path.parent / ("halves" if in_halves else "whole")
        return read_file(path, folder, day_order="MDY")


def told(found: Read) -> tuple:
    rows = sorted(found.rows, key=lambda row: row["row"])
    problems = [*found.problems, *((n.code, n.count, str(n.params)) for n in found.parsed.warnings)]
    return found.counts, rows, problems
