"""What a row is about, as SQL."""

import pytest

from linkstar.lake.lines import INCOME_ROWS, ORDER_ROWS
from linkstar.lake.stating import Kind, identity


class TestAnIdentity:
    @pytest.mark.parametrize("kind", [ORDER_ROWS, INCOME_ROWS])
    def test_is_put_together_from_all_parts_where_a_kind_has_no_id_of_its_own(
        self, kind: Kind
    ) -> None:
        assert identity(kind, proof="is_own_id") == identity(kind)
