"""Asking the central bank: what is published is taken in, and every failure has a name."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.app.exchange.bank import CSV, XML, answering

from linkstar.exchange.fetching import Fetched, fetch_ecb_rates, is_due, last_fetch
from linkstar.exchange.queries import newest_day, rate_on
from linkstar.exchange.rules import ECB
from linkstar.jobs.rates import fetch_due_rates

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 30, 16, 7, tzinfo=UTC)


def fetched(source: str, now: datetime = NOW) -> Fetched:
    return fetch_ecb_rates(source=source, now=now, allow_loopback=True)


class TestWhatIsPublished:
    def test_is_taken_in_over_http_once(self) -> None:
        with answering(XML) as address:
            told = [fetched(address), fetched(address)]
        assert [(each.state, each.new) for each in told] == [("taken_in", 4), ("taken_in", 0)]
        assert rate_on("USD", "CNY", date(2026, 10, 30)).on == date(2026, 10, 30)
        assert newest_day(ECB) == date(2026, 10, 30)

    def test_is_read_from_a_file_that_somebody_keeps(self, tmp_path) -> None:
        kept = tmp_path / "rates.csv"
        kept.write_bytes(CSV)
        assert (fetched(str(kept)).state, newest_day(ECB)) == ("taken_in", date(2026, 10, 30))


class TestAFailure:
    @pytest.mark.parametrize(
        ("body", "status", "state", "detail"),
        [
            (b"gone", 404, "status", "404"),
            (b"later", 503, "status", "503"),
            (b"<html><body>Hello", 200, "unreadable", "not_xml 1"),
            (b"", 200, "unreadable", "no_header 1"),
        ],
    )
    def test_of_the_server_has_a_name(self, body, status, state, detail) -> None:
        with answering(body, status) as address:
            told = fetched(address)
        assert (told.state, told.detail, newest_day(ECB)) == (state, detail, None)
        assert last_fetch() == told

    def test_of_the_network_has_a_name(self) -> None:
        with answering(XML) as address:
            pass
        assert fetched(address).state == "unreachable"

    @pytest.mark.parametrize(
        ("source", "state"),
        [
            ("off", "off"),
            ("/no/such/file.xml", "file_missing"),
            ("http://www.ecb.europa.eu/x.xml", "not_https"),
            ("ftp://www.ecb.europa.eu/x.xml", "not_https"),
            ("https://127.0.0.1/x.xml", "not_public"),
            ("https://lin:secret@www.ecb.europa.eu/x.xml", "user"),
        ],
    )
    def test_is_told_before_anybody_is_asked(self, source, state) -> None:
        assert fetch_ecb_rates(source=source, now=NOW).state == state

    def test_leaves_what_was_known(self) -> None:
        with answering(XML) as address:
            fetched(address)
        later = NOW + timedelta(days=1)
        assert fetched("/no/such/file.xml", later).state == "file_missing"
        assert last_fetch().state == "file_missing"
        assert last_fetch(only_taken_in=True).at == NOW
        assert rate_on("USD", "CNY", later.date()).on == date(2026, 10, 30)


class TestTheRegularRun:
    def test_is_due_until_what_was_published_is_taken_in(self, tmp_path) -> None:
        assert is_due(NOW)
        kept = tmp_path / "rates.csv"
        kept.write_bytes(CSV)
        fetched(str(kept))
        assert not is_due(NOW + timedelta(hours=4))
        assert not is_due(NOW + timedelta(hours=23))
        assert is_due(NOW + timedelta(days=1))

    def test_asks_nobody_where_it_is_switched_off(self, settings) -> None:
        settings.ECB_RATES = "off"
        fetch_due_rates.call_local()
        assert last_fetch() is None

    def test_takes_in_what_is_due(self, settings, tmp_path) -> None:
        kept = tmp_path / "rates.xml"
        kept.write_bytes(XML)
        settings.ECB_RATES = str(kept)
        fetch_due_rates.call_local()
        assert (last_fetch().state, last_fetch().new) == ("taken_in", 4)
