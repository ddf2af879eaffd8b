"""`linkstar rates` on an installation of its own."""

import pytest
from tests.app.cli.conftest import Linkstar, lins
from tests.app.exchange.bank import CSV, XML


@pytest.fixture(scope="module")
def linkstar(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    return lins(tmp_path_factory.mktemp("rates"))


class TestTheBanksFile:
    def test_is_taken_in_once_and_another_refused(self, linkstar: Linkstar, tmp_path) -> None:
        good, bad = tmp_path / "good.xml", tmp_path / "bad.csv"
        good.write_bytes(XML)
        bad.write_text("Date,USD\n30/10/2026,1.1\n")
        assert linkstar("rates", "import", good, "--json").document["new"] == 4
        assert linkstar("rates", "import", good, "--json").document["new"] == 0
        refused = linkstar("rates", "import", bad, "--json")
        assert (refused.code, refused.document["error"]["name"]) == (1, "rates_unreadable")
        assert "Line 2: a day such as 2026-10-30" in refused.document["error"]["message"]
        assert "30/10/2026" in refused.document["error"]["message"]
        assert linkstar("rates", "import", tmp_path / "none", "--json").code == 3


class TestFetching:
    def test_takes_in_a_kept_file_and_names_what_fails(self, linkstar: Linkstar, tmp_path) -> None:
        kept = tmp_path / "kept.csv"
        kept.write_bytes(CSV)
        fetched = linkstar("rates", "fetch", "--json", LINKSTAR_ECB_RATES=str(kept))
        assert fetched.code == 0, fetched.err
        failed = linkstar("rates", "fetch", LINKSTAR_ECB_RATES="https://127.0.0.1/x.xml")
        assert failed.code == 75
        assert "not of the open internet" in failed.err


class TestStating:
    def test_goes_first_and_is_said_once(self, linkstar: Linkstar) -> None:
        said = linkstar("rates", "state", "USD", "CNY", "6.9", "--json")
        assert said.document["rate"]["rate"] == "6.9"
        first = linkstar("rates", "show", "--json").document["rates"][0]
        assert first == said.document["rate"] | {"source": "operator"}
        told = linkstar("rates", "show", "--lang", "zh").out
        assert "汇率" in told
        assert "佣金率" not in told
        assert "operator" not in told
        again = linkstar("rates", "state", "USD", "CNY", "6.8", "--json")
        assert (again.code, again.document["error"]["name"]) == (5, "rate_stated")
        assert "6.9" in again.document["error"]["message"]

    @pytest.mark.parametrize(
        ("told", "code", "name"),
        [
            (("USD", "XXX", "1"), 2, "currency_unknown"),
            (("USD", "CNY", "much"), 2, "rate_unreadable"),
            (("USD", "CNY", "0"), 5, "not_positive"),
            (("USD", "USD", "1"), 5, "same_currency"),
            (("USD", "CNY", "7", "--on", "soon"), 2, "day_not_understood"),
            (("USD", "CNY", "7", "--on", "2199-01-01"), 5, "day_to_come"),
        ],
    )
    def test_is_refused_by_name(self, linkstar: Linkstar, told, code, name) -> None:
        refused = linkstar("rates", "state", *told, "--json")
        assert (refused.code, refused.document["error"]["name"]) == (code, name)
