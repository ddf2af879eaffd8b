"""Delimited files as people really have them: each row is loaded or named."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.golden.reading import read, write

from linkstar.connectors.reading.detected import Hints
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.refusals import FileRefused, LayoutUnknown
from linkstar.connectors.registry import LAYOUTS

HEADER = "creator,content id,title,impressions,clicks"
PLAIN = f"{HEADER}\nada,v1,Serum,100,5\nbo,v2,Brush,200,7\n"


def sums(found) -> tuple[int, int]:
    rows = found.rows
    return sum(r["product_impressions"] for r in rows), sum(r["product_clicks"] for r in rows)


class TestTheEncoding:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"]
    )
    def test_is_found_and_read(self, tmp_path: Path, encoding: str) -> None:
        text = (
            "达人,內容ID,标题,曝光,点击\n"
            if encoding != "big5"
            else "creator,content id,title,impressions,clicks\n"
        )
        text = text.replace("內容ID", "内容ID")
        words = "晨間護膚保濕精華液開箱分享" if encoding == "big5" else "早晨护肤保湿精华开箱"
        text += "".join(f"ada,v{n},{words},100,5\n" for n in range(40))
        found = read(tmp_path, text.encode(encoding))
        assert found.detected.cells.encoding.replace("-sig", "") in {
            encoding.replace("-sig", ""),
            "utf-16",
        }
        assert found.counts == (40, 40, 0)
        assert found.rows[0]["content_title"] == words

    def test_broken_further_on_names_the_rows(self, tmp_path: Path) -> None:
        good = "".join(f"ada,w{n},{'x' * 90},100,5\n" for n in range(8_000)).encode()
        content = (
            f"{HEADER}\n".encode() + good + b"ada,v1,\xff\xfe broken,100,5\nbo,v2,fine,100,5\n"
        )
        found = read(tmp_path, content)
        assert found.counts == (8_002, 8_001, 1)
        assert found.problems == [(8_002, "", "text.encoding")]


class TestTheDelimiter:
    @pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
    def test_is_found(self, tmp_path: Path, delimiter: str) -> None:
        found = read(tmp_path, PLAIN.replace(",", delimiter))
        assert found.detected.cells.delimiter == delimiter
        assert sums(found) == (300, 12)


class TestLineEnds:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_of_every_system_are_read(self, tmp_path: Path, end: str) -> None:
        assert sums(read(tmp_path, PLAIN.replace("\n", end).encode())) == (300, 12)

    def test_may_be_mixed(self, tmp_path: Path) -> None:
        mixed = (
            f"{HEADER}\r\nada,v1,Serum,100,5\nbo,v2,Brush,200,7\rcy,v3,Comb,10,1\r\ndi,v4,Oil,1,0"
        )
        found = read(tmp_path, mixed.encode())
        assert found.counts == (4, 4, 0)
        assert sums(found) == (311, 13)

    def test_inside_quotes_belong_to_the_text(self, tmp_path: Path) -> None:
        found = read(tmp_path, f'{HEADER}\nada,v1,"Serum\nat night",100,5\nbo,v2,Brush,200,7\n')
        assert found.rows[0]["content_title"] == "Serum\nat night"
        assert [row["row"] for row in found.rows] == [2, 3]

    def test_of_blank_lines_are_counted_as_a_person_counts(self, tmp_path: Path) -> None:
        found = read(tmp_path, f"{HEADER}\n\nada,v1,Serum,100,5\n,,,,\nbo,v2,Brush,x,7\n\n")
        assert found.counts == (2, 1, 1)
        assert [row["row"] for row in found.rows] == [3]
        assert found.problems == [(5, "impressions", "number.format")]


class TestAQuoteThatNeverCloses:
    def test_costs_its_own_line_only(self, tmp_path: Path) -> None:
        found = read(
            tmp_path, f'{HEADER}\nada,v1,"Serum,100,5\nbo,v2,Brush,200,7\ncy,v3,Comb,10,1\n'
        )
        assert found.counts == (3, 2, 1)
        assert found.problems == [(2, "", "row.unclosed_quote")]
        assert sums(found) == (210, 8)

    def test_in_the_middle_of_a_text_is_only_a_quote(self, tmp_path: Path) -> None:
        found = read(tmp_path, f'{HEADER}\nada,v1,My 5" brush set 6",100,5\n')
        assert found.rows[0]["content_title"] == 'My 5" brush set 6"'


class TestARaggedRow:
    def test_with_too_many_cells_is_named(self, tmp_path: Path) -> None:
        found = read(tmp_path, PLAIN + "cy,v3,Comb, fine,10,1\n" + "di,v4,Oil,1,0,,x,y,z\n")
        assert found.problems == [(4, "", "row.too_many_cells"), (5, "", "row.too_many_cells")]
        assert found.counts == (4, 2, 2)

    def test_with_too_few_cells_lacks_what_it_does_not_say(self, tmp_path: Path) -> None:
        found = read(tmp_path, PLAIN + "cy,v3,Comb\n")
        assert found.problems == [
            (4, "impressions", "required.empty"),
            (4, "clicks", "required.empty"),
        ]


class TestACellThatSaysNothing:
    @pytest.mark.parametrize("written", ["--", "n/a", "—"])
    def test_is_shown_as_it_is_written(self, tmp_path: Path, written: str) -> None:
        found = read(tmp_path, f"{PLAIN}cy,v3,Comb,{written},1\n")
        [told] = pq.read_table(found.parsed.problems).to_pylist()
        assert (told["code"], told["value"]) == ("required.empty", written)


class TestAHostileFile:
    def test_of_a_million_columns_is_refused(self, tmp_path: Path) -> None:
        path = write(tmp_path, ",".join(f"c{n}" for n in range(1_000_000)) + "\n")
        with pytest.raises(FileRefused) as refused:
            detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert refused.value.reason == "too_many_columns"

    def test_of_one_endless_line_is_refused(self, tmp_path: Path) -> None:
        endless = PLAIN + "ada,v9," + "x" * 5_000_000 + ",1,1\n"
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, endless)
        assert refused.value.reason == "line_too_long"

    @pytest.mark.parametrize("content", [b"", b"  \n \n", b"\xef\xbb\xbf"])
    def test_of_nothing_is_refused(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises((FileRefused, LayoutUnknown)):
            read(tmp_path, content)

    @pytest.mark.parametrize("content", [bytes(range(256)) * 40, b"x\xff\xfe", b"\xff" * 9])
    def test_of_no_text_is_refused(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, content)
        assert refused.value.reason == "not_a_table"

    @pytest.mark.parametrize("name", ["a.csv.gz", "a.zip"])
    def test_packed_is_refused_by_name(self, tmp_path: Path, name: str) -> None:
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.csv", PLAIN)
        content = packed.getvalue() if name.endswith("zip") else gzip.compress(PLAIN.encode())
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, content, name)
        assert refused.value.reason == "packed"

    @pytest.mark.parametrize("header", ["Date,USD,GBP,CNY,", "Date, USD, JPY, \r"])
    def test_of_rates_of_exchange_is_refused_by_name(self, tmp_path: Path, header: str) -> None:
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, f"{header}\n2026-10-30,1.1172,0.8338,7.4326,\n".encode())
        assert refused.value.reason == "rates"

    def test_of_figures_with_short_names_is_none_of_rates(self, tmp_path: Path) -> None:
        path = write(tmp_path, "Date,CTR,GMV\n2026-10-30,0.02,12.00\n")
        assert detect(path, scratch=tmp_path, layouts=LAYOUTS).missing

    def test_left_by_a_spreadsheet_program_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, b"x", "~$Video_Data.xlsx")
        assert refused.value.reason == "lock_file"

    def test_with_formulas_in_cells_is_only_text(self, tmp_path: Path) -> None:
        found = read(tmp_path, PLAIN + "cy,v3,=cmd|'/c calc'!A0,10,1\n")
        assert found.rows[2]["content_title"] == "=cmd|'/c calc'!A0"


class TestEveryRow:
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        cells=st.lists(
            st.tuples(
                st.sampled_from(["v1", "", "7.3E+18", "--", "v\u00e9"]),
                st.sampled_from(["10", "1,000", "", "--", "x", "-1", "1.5", "2万"]),
                st.sampled_from(["1", "0", "--", "-3", "9 9", "x\ny"]),
            ),
            max_size=12,
        )
    )
    def test_is_staged_or_named_and_none_is_lost(self, tmp_path: Path, cells) -> None:
        lines = [
            f'ada,"{content}",t,"{impressions}","{clicks}"'
            for content, impressions, clicks in cells
        ]
        found = read(tmp_path, "\n".join([HEADER, "zo,z,t,1,1", *lines]) + "\n")
        rows, staged, rejected = found.counts
        assert rows == len(cells) + 1 == staged + rejected
        named = {row for row, _, _ in found.problems}
        loaded = {row["row"] for row in found.rows}
        assert not named & loaded
        assert len(named) == rejected


class TestAMapping:
    def test_leads_from_their_names_to_our_fields(self, tmp_path: Path) -> None:
        text = "who,what,seen,hit\nada,v1,100,5\n"
        mapping = {"who": "creator", "what": "content_id", "seen": "impressions", "hit": "clicks"}
        found = read(tmp_path, text, hints=Hints(mapping=mapping))
        assert sums(found) == (100, 5)
        assert found.rows[0]["creator"] == "ada"

    def test_leaves_columns_that_must_be_there_to_their_own_names(self, tmp_path: Path) -> None:
        text = "who,what,impressions,clicks,orders\nada,v1,100,5,3\n"
        mapping = {"who": "creator", "what": "content_id"}
        found = read(tmp_path, text, hints=Hints(mapping=mapping))
        assert sums(found) == (100, 5)
        assert found.rows[0]["orders"] is None

    def test_wins_over_the_name_of_a_column(self, tmp_path: Path) -> None:
        text = "creator,content_id,impressions,seen,clicks\nada,v1,1,100,5\n"
        mapping = {"creator": "creator", "content_id": "content_id", "seen": "impressions"}
        found = read(tmp_path, text, hints=Hints(mapping=mapping))
        assert sums(found) == (100, 5)

    def test_is_asked_for_when_names_are_unknown(self, tmp_path: Path) -> None:
        path = write(tmp_path, "who,what,seen,hit\nada,v1,100,5\n")
        found = detect(path, scratch=tmp_path, layouts=LAYOUTS)
        assert "mapping" in found.needs
        assert {"impressions", "clicks"} <= set(found.missing)

    def test_decides_what_is_counted(self, tmp_path: Path) -> None:
        found = read(tmp_path, PLAIN, definition="video_views")
        assert found.rows[0]["video_views"] == 100
        assert found.rows[0]["product_impressions"] is None
