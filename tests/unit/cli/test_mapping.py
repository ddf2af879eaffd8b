"""A mapping names our field and their column, whichever comes first."""

import pytest

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.mapping import mapping


class TestAMapping:
    def test_gives_our_field_for_each_of_their_headers(self) -> None:
        text = "impressions=Views, clicks = Link taps,content_id=row_id"
        assert mapping(text) == {
            "Views": "impressions",
            "Link taps": "clicks",
            "row_id": "content_id",
        }

    def test_may_be_turned_round(self) -> None:
        assert mapping("Views=impressions") == {"Views": "impressions"}

    def test_of_a_header_called_like_a_field_reads_field_first(self) -> None:
        assert mapping("impressions=clicks") == {"clicks": "impressions"}

    def test_may_be_empty(self) -> None:
        assert mapping("") == {}

    @pytest.mark.parametrize("text", ["impressions", "impressions=", "=Views"])
    def test_without_two_sides_is_refused_as_misuse(self, text: str) -> None:
        with pytest.raises(Refused) as refused:
            mapping(text)
        assert refused.value.code is ExitCode.USAGE
