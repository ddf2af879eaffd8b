from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linkstar.catalog.rules import ancestry, is_zone, parent
from linkstar.catalog.tree import category_path

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(" > ".join)


class TestACategoryPath:
    def test_has_one_spelling_however_a_file_writes_it(self) -> None:
        written = [
            "Beauty & Personal Care/ Skincare",
            "Beauty & Personal Care>Skincare ",
            " Beauty & Personal Care > Skincare",
        ]
        assert {category_path(one) for one in written} == {"Beauty & Personal Care > Skincare"}

    def test_keeps_a_bare_slash_inside_a_name(self) -> None:
        assert category_path("Vitamins/Minerals") == "Vitamins/Minerals"

    def test_is_english_as_far_down_as_the_tree_is_known(self) -> None:
        assert category_path("美妆个护 > 护肤") == "Beauty & Personal Care > Skincare"
        assert category_path("美妆个护/ 身体") == "Beauty & Personal Care > 身体"
        assert category_path("美妆个护店") == "美妆个护店"

    @given(PATHS)
    def test_is_settled_after_one_reading(self, path: str) -> None:
        assert category_path(category_path(path)) == category_path(path)

    @given(PATHS)
    def test_leads_up_to_the_root(self, path: str) -> None:
        steps = ancestry(path)
        assert steps[0] == path
        assert steps[-1] == ""
        assert all(parent(lower) == upper for lower, upper in pairwise(steps))


class TestAZone:
    def test_is_an_iana_name(self) -> None:
        assert is_zone("America/Los_Angeles")
        assert not is_zone("PST8")
        assert not is_zone("GMT+8 Beijing")
