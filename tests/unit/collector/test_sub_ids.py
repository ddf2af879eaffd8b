import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkstar.collector.sub_ids import SubIdRefused, read_sub_id, sign_sub_id, sub_id_in

KEYS = {"k1": b"a" * 32, "k2": b"b" * 32}
NOW = 1_800_000_000
TOKEN = "aB3dE5fG7hJ9"


def signed(text: str = "autumn", *, expires_at: int = NOW + 60, key_id: str = "k1") -> str:
    return sign_sub_id(text, token=TOKEN, expires_at=expires_at, key=KEYS[key_id], key_id=key_id)


class TestASubId:
    @given(st.text(max_size=40))
    def test_is_read_back_as_it_was_signed(self, text: str) -> None:
        assert read_sub_id(signed(text), token=TOKEN, keys=KEYS, now=NOW).text == text

    def test_changed_anywhere_is_refused(self) -> None:
        sound = signed()
        for at in range(len(sound)):
            other = "A" if sound[at] != "A" else "B"
            with pytest.raises(SubIdRefused):
                read_sub_id(sound[:at] + other + sound[at + 1 :], token=TOKEN, keys=KEYS, now=NOW)

    def test_of_one_link_is_worth_nothing_on_another(self) -> None:
        with pytest.raises(SubIdRefused):
            read_sub_id(signed(), token="zZ9yY8xX7wV6", keys=KEYS, now=NOW)

    def test_is_refused_once_it_has_run_out(self) -> None:
        with pytest.raises(SubIdRefused):
            read_sub_id(signed(expires_at=NOW), token=TOKEN, keys=KEYS, now=NOW)

    def test_holds_while_its_key_is_being_replaced(self) -> None:
        sound = signed(key_id="k2")
        assert read_sub_id(sound, token=TOKEN, keys=KEYS, now=NOW).text == "autumn"
        with pytest.raises(SubIdRefused):
            read_sub_id(sound, token=TOKEN, keys={"k1": KEYS["k1"]}, now=NOW)

    @given(st.text(max_size=600))
    @example("k1.١.YQ.x")
    @example("k1...")
    def test_nobody_signed_is_refused(self, text: str) -> None:
        with pytest.raises(SubIdRefused):
            read_sub_id(text, token=TOKEN, keys=KEYS, now=NOW)


class TestAQuery:
    @pytest.mark.parametrize(
        ("query", "found"),
        [("", None), ("x=1", None), ("s=abc", "abc"), ("x=1&s=a%2Eb", "a.b"), ("s=", "")],
    )
    def test_holds_the_sub_id_under_s(self, query: str, found: str | None) -> None:
        assert sub_id_in(query) == found

    @given(st.text(max_size=5_000))
    def test_of_any_kind_is_read_without_a_fuss(self, query: str) -> None:
        sub_id_in(query)
