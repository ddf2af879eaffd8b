"""Statements on paper, read back: the sums, the words of both languages, the head of each page."""

import io
import re

import pytest
from django.utils import translation
from pypdf import PdfReader
from tests.app.commissions.conftest import serum, till  # noqa: F401  # fixtures
from tests.app.settlements.conftest import desk  # noqa: F401  # fixture

from linkstar.creators.models import Creator
from linkstar.orders.actions import StatedRefund, record_refunds
from linkstar.orders.rules import Source
from linkstar.settlements.models import Statement
from linkstar.web.settlements import sheets
from linkstar.web.settlements.printed import settlement_pdf, statement_pdf

ORDERS = 80


@pytest.fixture
def statement(desk) -> Statement:  # noqa: F811  # the fixture
    """Ada's second: 80 orders at 9.00, and 9.00 carried over that she had to give back."""
    desk.sell("o0")
    desk.account()
    desk.close()
    desk.approve()
    [payout] = desk.pay().payouts
    desk.bank_says(payout, "paid")
    back = StatedRefund(
        key="r", order_id="o0", line_id="1", happened_at=desk.now, items=3, amount_minor=0
    )
    record_refunds(shop=desk.shop, refunds=[back], source=Source.API, now=desk.now)
    desk.till.work()
    desk.close()
    desk.sell(*[f"5770000000000{number:05d}" for number in range(ORDERS)])
    desk.close()
    Creator.objects.filter(handle="ada").update(name="小雅美妆 <Ada & Co>")
    return Statement.objects.select_related("settlement__shop", "creator").get(state="open")


def pages(printed: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]


def printed(language: str, statement: Statement) -> list[str]:
    with translation.override(language):
        return pages(statement_pdf(statement))


class TestAStatementOnPaper:
    def test_in_chinese_has_every_line_and_adds_up(self, statement) -> None:
        read = printed("zh-hans", statement)
        text = "\n".join(read)
        for words in (
            "结算单", "小雅美妆 <Ada & Co> @ada", "Lin Beauty US", "America/Los_Angeles", "USD",
            "结转自", "−US$9.00", "US$720.00", "US$711.00", "计佣基数", "佣金率", "已结算",
        ):  # fmt: skip
            assert words in text, words
        assert len(set(re.findall(r"5770000000000\d{5}", text))) == ORDERS
        amounts = re.findall(r"15%\s*US\$(\d+\.\d\d)", text)
        assert len(amounts) == ORDERS
        assert sum(int(amount.replace(".", "")) for amount in amounts) == statement.lines_minor

    def test_repeats_its_head_and_numbers_its_pages(self, statement) -> None:
        read = printed("en", statement)
        assert len(read) > 1
        for number, text in enumerate(read, start=1):
            assert f"Page {number} of {len(read)}" in text
            has_lines = "57700000" in text
            assert bool(re.search(r"Items\s+kept", text)) is has_lines
            assert statement.pk in text
        assert "Carried over from" in read[0]
        assert "−$9.00" in read[0]
        assert "$711.00" in read[0]

    def test_of_several_tables_has_every_line_once_under_its_head(
        self, statement, monkeypatch
    ) -> None:
        monkeypatch.setattr(sheets, "ROWS_A_TABLE", 30)
        read = printed("en", statement)
        orders = re.findall(r"5770000000000\d{5}", "\n".join(read))
        assert (len(orders), len(set(orders))) == (ORDERS, ORDERS)
        with_lines = [text for text in read if "57700000" in text]
        assert all(re.search(r"Items\s+kept", text) for text in with_lines)
        assert [("Together" in text) for text in with_lines].count(True) == 1

    def test_sets_every_word_in_a_font_that_is_embedded(self, statement) -> None:
        used = {}

        def look(text: str, _a: object, _b: object, font: dict | None, _size: float) -> None:
            if text.strip() and font:
                used[str(font["/BaseFont"])] = "/FontFile2" in font["/FontDescriptor"]

        for page in PdfReader(io.BytesIO(statement_pdf(statement))).pages:
            page.extract_text(visitor_text=look)
        assert used
        assert all(used.values())
        assert all("NotoSansSC" in name for name in used)


class TestASettlementOnPaper:
    def test_says_what_it_costs_and_names_every_statement(self, statement) -> None:
        with translation.override("zh-hans"):
            text = "\n".join(pages(settlement_pdf(statement.settlement)))
        for words in ("成本构成", "US$720.00", "小雅美妆", "US$711.00", "所需人数", "待审批"):
            assert words in text, words


class TestDownloading:
    def test_speaks_the_language_the_address_names(self, client, cast, statement) -> None:
        client.force_login(cast.vera)
        address = f"/statements/{statement.pk}/statement.pdf"
        for language, words in (("", "Statement"), ("zh-hans", "结算单"), ("xx", "Statement")):
            answer = client.get(address, {"language": language})
            assert answer.headers["Content-Type"] == "application/pdf"
            assert words in pages(answer.content)[0]

    def test_is_the_creators_own_too(self, client, cast, statement) -> None:
        Creator.objects.filter(pk=statement.creator_id).update(user=cast.ada)
        client.force_login(cast.ada)
        answer = client.get(f"/creator/statements/{statement.pk}/statement.pdf?language=zh-hans")
        assert "小雅美妆" in pages(answer.content)[0]
