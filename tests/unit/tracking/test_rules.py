import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.tracking.rules import (
    DestinationRefused,
    SubIdRefused,
    check_destination,
    check_host,
    new_token,
    read_sub_id,
    sign_sub_id,
)

HOSTS = frozenset({"shop.example.com"})
KEYS = {"k1": b"a" * 32, "k2": b"b" * 32}
NOW = 1_800_000_000

ESCAPES = [
    "http://shop.example.com/",
    "//shop.example.com/",
    "https:shop.example.com",
    "https:///evil.com",
    "https://evil.com",
    "https://shop.example.com@evil.com/",
    "https://evil.com@shop.example.com/",
    "https://shop.example.com:8443/",
    "https://shop.example.com:443@evil.com/",
    "https://shop.example.com.evil.com/",
    "https://evilshop.example.com/",
    "https://evil.com\\@shop.example.com/",
    "https://shop.example.com\\.evil.com/",
    "https://evil.com%09.shop.example.com\t/",
    "https://shop.example.com\r\nLocation: https://evil.com",
    "https://evil.com#.shop.example.com ",
    "https://evil.com?shop.example.com",
    "https://evil.com/shop.example.com",
    "https://ｓhop.example.com/",
    "https://shop.example.com。evil.com/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "javascript:alert(1)//https://shop.example.com",
    "data:text/html,x",
    "https://",
    "",
    "https://shop.example.com/" + "a" * 2_000,
]


class TestADestination:
    @pytest.mark.parametrize(
        "destination",
        [
            "https://shop.example.com",
            "https://shop.example.com/p/1?utm=a&x=%20#top",
            "https://www.shop.example.com/p",
            "https://shop.example.com:443/p",
        ],
    )
    def test_on_the_shops_host_or_below_it_is_let_through(self, destination: str) -> None:
        assert check_destination(destination, HOSTS) == destination

    @pytest.mark.parametrize("destination", ESCAPES)
    def test_anywhere_else_is_refused(self, destination: str) -> None:
        with pytest.raises(DestinationRefused):
            check_destination(destination, HOSTS)

    @given(st.text(max_size=60))
    def test_made_of_anything_never_leaves_the_shops_host(self, tail: str) -> None:
        for start in ("https://", "https://shop.example.com", "https://evil.com"):
            try:
                allowed = check_destination(start + tail, HOSTS)
            except DestinationRefused:
                continue
            host = allowed.removeprefix("https://").partition("/")[0].partition("?")[0]
            host = host.partition("#")[0].removesuffix(":443").removesuffix(":")
            assert host.lower() == "shop.example.com" or host.lower().endswith(".shop.example.com")


class TestAHost:
    def test_is_written_in_lower_case(self) -> None:
        assert check_host(" Shop.Example.com. ") == "shop.example.com"

    @pytest.mark.parametrize(
        "host", ["", "com", "localhost", "1.2.3.4", "a b.com", "*.x.com", "-a.com", "é.com"]
    )
    def test_that_is_none_is_refused(self, host: str) -> None:
        with pytest.raises(DestinationRefused):
            check_host(host)


class TestAToken:
    def test_is_long_enough_not_to_be_guessed_and_never_the_same(self) -> None:
        tokens = {new_token() for _ in range(1_000)}
        assert len(tokens) == 1_000
        assert all(len(token) == 12 and token.isalnum() for token in tokens)


class TestASubId:
    @given(st.text(max_size=40))
    def test_is_read_back_as_it_was_signed(self, text: str) -> None:
        signed = sign_sub_id(text, expires_at=NOW + 60, key=KEYS["k1"], key_id="k1")
        assert read_sub_id(signed, keys=KEYS, now=NOW).text == text

    def test_changed_anywhere_is_refused(self) -> None:
        signed = sign_sub_id("autumn", expires_at=NOW + 60, key=KEYS["k1"], key_id="k1")
        for at in range(len(signed)):
            other = "A" if signed[at] != "A" else "B"
            with pytest.raises(SubIdRefused):
                read_sub_id(signed[:at] + other + signed[at + 1 :], keys=KEYS, now=NOW)

    def test_is_refused_once_it_has_run_out(self) -> None:
        signed = sign_sub_id("autumn", expires_at=NOW, key=KEYS["k1"], key_id="k1")
        with pytest.raises(SubIdRefused):
            read_sub_id(signed, keys=KEYS, now=NOW)

    def test_holds_while_its_key_is_being_replaced(self) -> None:
        signed = sign_sub_id("autumn", expires_at=NOW + 60, key=KEYS["k2"], key_id="k2")
        assert read_sub_id(signed, keys=KEYS, now=NOW).text == "autumn"
        with pytest.raises(SubIdRefused):
            read_sub_id(signed, keys={"k1": KEYS["k1"]}, now=NOW)
