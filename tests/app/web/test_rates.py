"""Whoever runs the installation sees the rates in force, states their own, and takes in files."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.app.exchange.bank import XML

from linkstar.accounts.models import AuditEvent
from linkstar.exchange.actions import import_ecb_rates
from linkstar.exchange.fetching import fetch_ecb_rates
from linkstar.exchange.models import ExchangeRate
from linkstar.jobs.queue import waiting

PAGE = "/operator/rates/"


@pytest.fixture
def olga(client, cast):
    client.force_login(cast.olga)
    return client


def today():
    return datetime.now(UTC).date()


def told(rate: str, **more) -> dict[str, object]:
    return {"base": "USD", "quote": "CNY", "rate": rate, "on": today().isoformat()} | more


class TestThePage:
    def test_shows_what_is_in_force_with_day_and_source(self, olga) -> None:
        content = XML.replace(b"2026-10-30", today().isoformat().encode())
        import_ecb_rates(content=content, now=datetime.now(UTC))
        assert olga.post(PAGE, told("6.9")).status_code == 302
        page = olga.get(PAGE)
        assert [(str(one), str(source)) for one, source in page.context["rates"]][:2] == [
            (f"{today()} USD CNY 6.90000000", "stated by the operator"),
            (f"{today()} EUR CNY 7.43260000", "European Central Bank"),
        ]
        assert "1 USD = 6.9 CNY" in page.content.decode()

    def test_says_that_nothing_is_known(self, olga) -> None:
        page = olga.get(PAGE).content.decode()
        assert "Until there is one" in page
        assert "fetching is switched off" in page


class TestStating:
    def test_is_written_down_with_who(self, olga, cast) -> None:
        olga.post(PAGE, told("6.9"))
        assert AuditEvent.objects.get(verb="rates.stated").user == cast.olga

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"rate": "-1"}, "above nothing"),
            ({"rate": "1.123456789"}, "at most 8 decimals"),
            ({"quote": "USD"}, "two different currencies"),
            ({"on": (today() + timedelta(days=3)).isoformat()}, "is to come"),
            ({"rate": "much"}, "Enter a number"),
            ({"base": "XXX"}, "Select a valid choice"),
        ],
    )
    def test_is_refused_in_words(self, olga, wrong, sentence) -> None:
        page = olga.post(PAGE, told("6.9") | wrong)
        assert page.status_code == 422
        assert sentence in page.content.decode()
        assert not ExchangeRate.objects.exists()

    def test_is_refused_where_another_was_stated(self, olga) -> None:
        olga.post(PAGE, told("6.9"))
        page = olga.post(PAGE, told("6.8"))
        assert "1 USD = 6.9 CNY was stated" in page.content.decode()

    def test_asks_once_more_about_an_unlikely_rate(self, olga) -> None:
        olga.post(PAGE, told("6.9", on=(today() - timedelta(days=1)).isoformat()))
        page = olga.post(PAGE, told("0.69"))
        assert "far from 1 USD = 6.9 CNY" in page.content.decode()
        assert 'type="checkbox" name="is_sure"' in page.content.decode()
        assert olga.post(PAGE, told("0.69", is_sure="on")).status_code == 302
        assert ExchangeRate.objects.get(on=today()).rate == Decimal("0.69")


class TestTheBanksFile:
    def test_is_taken_in_where_nothing_can_be_fetched(self, olga) -> None:
        file = SimpleUploadedFile("eurofxref-hist-90d.xml", XML)
        assert olga.post(f"{PAGE}file/", {"file": file}).status_code == 302
        assert ExchangeRate.objects.count() == 4

    def test_is_refused_with_its_line(self, olga) -> None:
        file = SimpleUploadedFile("x.csv", b"Date,USD\n2026-10-30,eins\n")
        page = olga.post(f"{PAGE}file/", {"file": file})
        assert page.status_code == 422
        told = "Line 2: a rate such as 1.1172 is expected, but “eins”; nothing was taken in."
        assert told in page.content.decode()

    def test_is_fetched_in_the_background(self, olga, cast) -> None:
        assert olga.post(f"{PAGE}fetch/").status_code == 302
        assert (cast.olga.pk,) in waiting("fetch_rates_now")


class TestAFailure:
    def test_is_named_on_the_pages_of_health_and_of_rates(self, olga, settings) -> None:
        settings.ECB_RATES = "https://127.0.0.1/x.xml"
        fetch_ecb_rates(source=settings.ECB_RATES, now=datetime.now(UTC))
        for address in (PAGE, "/operator/health/"):
            assert "not of the open internet" in olga.get(address).content.decode()
