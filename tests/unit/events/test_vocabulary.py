"""The vocabulary of facts hangs together."""

from linkstar.events.vocabulary import AUDIENCE_SEGMENTS, DEFINITION_COLUMNS, Segment
from linkstar.lake.tables import EVENTS, PERFORMANCE
from linkstar.stats.ctr import Definition


class TestADefinition:
    def test_always_names_its_two_columns(self) -> None:
        assert set(DEFINITION_COLUMNS) == set(Definition)

    def test_divides_columns_that_performance_rows_have(self) -> None:
        columns = {name for pair in DEFINITION_COLUMNS.values() for name in pair}
        assert columns <= set(PERFORMANCE.names)

    def test_is_called_as_what_it_counts(self) -> None:
        assert all(pair[1] == name for name, pair in DEFINITION_COLUMNS.items())


class TestASegment:
    def test_is_a_column_of_both_kinds_of_facts(self) -> None:
        assert {*Segment} <= set(PERFORMANCE.names)
        assert {*Segment} <= set(EVENTS.names)

    def test_either_splits_a_content_or_is_a_property_of_it(self) -> None:
        assert {*Segment} - {*AUDIENCE_SEGMENTS} == {Segment.CHANNEL, Segment.CONTENT_TYPE}
