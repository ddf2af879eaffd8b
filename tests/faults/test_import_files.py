"""Files made to harm, and processes that die while reading them."""

import contextlib
import io
import os
import signal
import time
import zipfile
from pathlib import Path

import pytest
from tests.golden.exports import FOLDER

from linkstar.connectors.reading import spreadsheet
from linkstar.connectors.reading.detection import detect
from linkstar.connectors.reading.refusals import FileRefused
from linkstar.connectors.registry import LAYOUTS

COMPASS = FOLDER / "罗盘_视频明细.xlsx"


def refusal(path: Path, scratch: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        detect(path, scratch=scratch, layouts=LAYOUTS)
    return refused.value.reason


def workbook_with(entries: dict[str, bytes], path: Path) -> Path:
    """The golden workbook with entries replaced or added."""
    with zipfile.ZipFile(COMPASS) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in entries:
                new.writestr(name, old.read(name))
        for name, content in entries.items():
            new.writestr(name, content)
    return path


class TestAZipBomb:
    def test_is_refused_before_anything_is_unpacked(self, tmp_path: Path) -> None:
        sheet = {"xl/worksheets/sheet1.xml": b"<c/>" * 60_000_000}
        bomb = workbook_with(sheet, tmp_path / "b.xlsx")
        assert bomb.stat().st_size < 1_000_000
        started = time.monotonic()
        assert refusal(bomb, tmp_path / "cells") == "zip_bomb"
        assert time.monotonic() - started < 1
        assert not (tmp_path / "cells").exists()

    def test_of_very_many_entries_is_refused(self, tmp_path: Path) -> None:
        many = {f"xl/media/{n}.bin": b"" for n in range(300)}
        assert refusal(workbook_with(many, tmp_path / "m.xlsx"), tmp_path / "c") == "zip_bomb"

    def test_that_lies_about_its_size_stops_at_the_memory_limit(self, tmp_path, monkeypatch):
        """A small sheet that claims a cell in the last row and column."""
        monkeypatch.setattr(spreadsheet, "MEMORY_BYTES_MAX", 256 * 1024 * 1024)
        sheet = (
            b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
            b'spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        )
        path = workbook_with({"xl/worksheets/sheet1.xml": sheet}, tmp_path / "wide.xlsx")
        assert refusal(path, tmp_path / "c") == "too_much_memory"


class TestADamagedWorkbook:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
    def test_cut_short_is_refused(self, tmp_path: Path, share: float) -> None:
        content = COMPASS.read_bytes()
        path = tmp_path / "cut.xlsx"
        path.write_bytes(content[: int(len(content) * share)])
        assert refusal(path, tmp_path / "c") == "damaged"

    def test_of_broken_xml_is_refused(self, tmp_path: Path) -> None:
        path = workbook_with({"xl/workbook.xml": b"<workbook><sheets>"}, tmp_path / "x.xlsx")
        assert refusal(path, tmp_path / "c") in {"damaged", "empty"}

    def test_that_is_another_zip_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "not.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hello.txt", "hello")
        assert refusal(path, tmp_path / "c") == "packed"

    def test_under_a_password_is_refused_by_that_name(self, tmp_path: Path) -> None:
        path = tmp_path / "locked.xlsx"
        body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
        path.write_bytes(body + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)
        assert refusal(path, tmp_path / "c") == "encrypted"


class TestAChildThatDies:
    def test_is_a_refusal_and_not_a_crash(self, tmp_path: Path, monkeypatch) -> None:
        dying = tmp_path / "dying.py"
        dying.write_text(f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")
        monkeypatch.setattr(spreadsheet, "_CHILD", dying)
        assert refusal(COMPASS, tmp_path / "c") == "too_slow"

    def test_after_too_long_is_stopped(self, tmp_path: Path, monkeypatch) -> None:
        sleeping = tmp_path / "sleeping.py"
        sleeping.write_text("import time; time.sleep(60)")
        monkeypatch.setattr(spreadsheet, "_CHILD", sleeping)
        monkeypatch.setattr(spreadsheet, "SECONDS_MAX", 0.2)
        started = time.monotonic()
        assert refusal(COMPASS, tmp_path / "c") == "too_slow"
        assert time.monotonic() - started < 10


class TestADamagedParquetFile:
    def test_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "x.parquet"
        path.write_bytes(b"PAR1" + os.urandom(500) + b"PAR1")
        assert refusal(path, tmp_path / "c") == "damaged"


class TestXmlThatNamesOtherFiles:
    def test_reads_none_of_them(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("the secret")
        shared = io.BytesIO()
        shared.write(
            b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file://'
            + str(secret).encode()
            + b'">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            + b"<si><t>&x;</t></si>" * 60
            + b"</sst>"
        )
        path = workbook_with({"xl/sharedStrings.xml": shared.getvalue()}, tmp_path / "e.xlsx")
        scratch = tmp_path / "c"
        with contextlib.suppress(FileRefused):
            detect(path, scratch=scratch, layouts=LAYOUTS)
        assert all("the secret" not in f.read_text() for f in scratch.rglob("*.csv"))
