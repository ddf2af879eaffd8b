import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.tracking.rules import (
    DestinationRefused,
    check_destination,
    check_host,
    new_token,
)

HOSTS = frozenset({"shop.example.com"})

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
