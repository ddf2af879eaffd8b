"""Creator files as people keep them: Chinese and English headers, rows that are right and wrong."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from linkstar.accounts.models import AuditEvent
from linkstar.config.places import Places
from linkstar.connectors.creator_import import Asked, folder_of, import_creators
from linkstar.connectors.reading.refusals import Refusal
from linkstar.creators.models import Creator

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
ENGLISH = """Handle,Name,Country,Languages,Category,Followers,Engagement rate,Price per video,Female
@Ada,Ada Lee,US,"English, 中文",Beauty > Skincare,12.4K,4.5%,$250.00,71%
https://www.tiktok.com/@bo.li,Bo,United States,en,Home,"80,000",,,
two words,Nobody,US,en,,,,,
cy,Cy,Atlantis,en,,,,,
,No handle,US,en,,,,,
dee,Dee,US,en,,many,,,
ada,,,,,13K,,,
"""


@pytest.fixture
def import_file(cast, settings, tmp_path, now):
    settings.PLACES = Places(tmp_path / "data")

    def imported(path: Path):
        return import_creators(
            workspace=cast.workspace, user=cast.lin, path=path, name=path.name,
            asked=Asked("USD", TODAY), now=now,
        )  # fmt: skip

    return imported


@pytest.fixture
def english(tmp_path) -> Path:
    path = tmp_path / "creators.csv"
    path.write_text(ENGLISH, encoding="utf-8")
    return path


class TestAFileInEnglish:
    def test_accounts_for_every_row(self, import_file, english) -> None:
        made = import_file(english)
        assert (made.rows, made.added, made.changed, made.same, made.rejected) == (7, 2, 1, 0, 4)
        assert AuditEvent.objects.get(verb="creators.imported").detail["rows"] == 7

    def test_fills_the_records_in(self, import_file, english) -> None:
        import_file(english)
        ada = Creator.objects.get(handle="ada")
        assert (ada.name, ada.region, ada.languages) == ("Ada Lee", "US", ["en", "zh"])
        assert (ada.followers, ada.engagement_bps, ada.tier) == (13_000, 450, "micro")
        assert (ada.video_price_minor, ada.currency) == (25_000, "USD")
        assert ada.categories == ["Beauty > Skincare"]
        assert ada.audience.get().share_bps == 7_100
        assert Creator.objects.get(handle="bo.li").followers == 80_000

    def test_names_row_column_and_reason_of_what_it_cannot_take(self, import_file, english) -> None:
        told = [(p["row"], p["column"], p["code"]) for p in import_file(english).problems]
        assert told == [
            (4, "Handle", "text.format"), (5, "Country", "choice.unknown"),
            (6, "Handle", "required.empty"), (7, "Followers", "number.format"),
        ]  # fmt: skip

    def test_gives_the_wrong_rows_back_to_be_corrected(self, import_file, english, tmp_path):
        made = import_file(english)
        errors = folder_of(made) / made.errors
        text = errors.read_text("utf-8-sig")
        assert "Atlantis" in text
        assert "Ada Lee" not in text
        again = tmp_path / "again.csv"
        corrected = text.replace("Atlantis", "Canada").replace("two words", "two.words")
        again.write_text(corrected.replace("many", "1000"), encoding="utf-8")
        made = import_file(again)
        assert (made.rows, made.added, made.rejected) == (4, 3, 1)

    def test_twice_changes_nothing_the_second_time(self, import_file, tmp_path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("handle,followers\nada,5000\n", encoding="utf-8")
        import_file(path)
        made = import_file(path)
        assert (made.added, made.changed, made.same) == (0, 0, 1)


class TestAWorkbookInChinese:
    def test_is_read(self, import_file, tmp_path) -> None:
        book = openpyxl.Workbook()
        header = "达人账号 昵称 地区 语言 粉丝数 互动率 单条报价 佣金率"
        book.active.append(header.split())
        book.active.append(
            ["@xiaomei", "小美", "美国", "英语、中文", "1.2万", "3.4%", "¥1,200", "15%"]
        )
        path = tmp_path / "达人.xlsx"
        book.save(path)
        made = import_file(path)
        assert (made.rows, made.added, made.rejected) == (1, 0, 1)  # yuan in a file of dollars
        assert made.problems[0]["code"] == "money.currency"


def test_a_file_without_handles_is_refused(import_file, tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,followers,country\nAda,5,US\n", encoding="utf-8")
    with pytest.raises(Refusal):
        import_file(path)
    assert not Creator.objects.exists()
