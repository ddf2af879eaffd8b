"""What a bank is handed, held against the schema of ISO 20022 itself (as sepaxml carries it)."""

from datetime import date
from importlib.resources import files

import pytest
from xmlschema import XMLSchema

from linkstar.settlements.models import BankAccount, PayoutBatch
from linkstar.settlements.payment_files import payments_xml

DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def schema() -> XMLSchema:
    stated = files("sepaxml").joinpath("schemas/pain.001.001.09.xsd")
    return XMLSchema(stated.read_text("utf-8"))


@pytest.fixture
def batch(desk) -> PayoutBatch:
    desk.sell("o1")
    desk.sell("o2", creator="bo")
    desk.account("ada")
    desk.account("bo")
    desk.close()
    desk.approve()
    return desk.pay().batch


def debtor(desk, **said: str) -> BankAccount:
    usual = {"holder": "Lin", "number": "123456789", "routing_number": "011000015", "country": "US"}
    return BankAccount.objects.create(shop=desk.shop, **usual | said)


def faults(schema: XMLSchema, written: bytes) -> list[str]:
    return [str(error.reason) for error in schema.iter_errors(written.decode())]


class TestAPain001:
    def test_of_any_kind_of_account_is_what_the_schema_says(self, desk, batch, schema) -> None:
        shop = debtor(desk)
        banks = (
            ("COBADEFFXXX", "", "DE89370400440532013000"),
            ("", "021000021", "123456789"),
            ("", "", "GB82WEST12345698765432"),
            ("BKCHCNBJ", "", "6217000010001234567"),
        )
        for bic, routing_number, number in banks:
            batch.payouts.update(bic=bic, routing_number=routing_number, account_number=number)
            assert faults(schema, payments_xml(batch, debtor=shop, execute_on=DAY)) == []

    @pytest.mark.parametrize(
        "holder",
        ["深圳市林美妆有限公司", "x" * 70, "A\x0bB\x00", "  ", "Zoë & Söhne <GmbH> 🌸"],
        ids=["Chinese", "as long as can be", "controls", "blank", "signs"],
    )
    def test_takes_any_name(self, desk, batch, schema, holder) -> None:
        shop = debtor(desk, bic="CITIUS33")
        batch.payouts.update(holder=holder)
        assert faults(schema, payments_xml(batch, debtor=shop, execute_on=DAY)) == []

    def test_of_currencies_without_and_with_decimals_is_too(self, desk, batch, schema) -> None:
        shop = debtor(desk)
        for currency in ("JPY", "USD"):
            batch.payouts.update(currency=currency)
            assert faults(schema, payments_xml(batch, debtor=shop, execute_on=DAY)) == []

    def test_that_is_broken_is_found_out(self, desk, batch, schema) -> None:
        written = payments_xml(batch, debtor=debtor(desk), execute_on=DAY)
        assert faults(schema, written.replace(b"<CtrlSum>18.00", b"<CtrlSum>a lot"))
        assert faults(schema, written.replace(b"PmtMtd>TRF", b"PmtMtd>BAR"))
