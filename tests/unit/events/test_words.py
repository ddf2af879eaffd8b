"""What a client may say of a viewer has a name on the pages."""

from typing import get_args, get_type_hints

import pytest

from linkstar.events.vocabulary import Segment
from linkstar.events.wire import WireEvent
from linkstar.events.words import SEGMENT_VALUES


class TestAValueThatIsLetIn:
    @pytest.mark.parametrize(
        "segment",
        [Segment.GENDER, Segment.DEVICE, Segment.TRAFFIC_SOURCE, Segment.CHANNEL,
         Segment.CONTENT_TYPE],
    )  # fmt: skip
    def test_is_called_by_a_word(self, segment: Segment) -> None:
        values, _none = get_args(get_type_hints(WireEvent)[segment.value])
        assert set(get_args(values)) <= set(SEGMENT_VALUES[segment])
