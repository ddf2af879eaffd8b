"""Every refusal of the collector has its words, and says field, expected and found."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from linkstar.collector import app, postbacks
from linkstar.collector.refusals import without_values
from linkstar.events import wire
from linkstar.web.refusal_words import REASONS, in_words

SAID = re.compile(
    r"(?:_refused\(\d+, |_missed\(request, \d+, |_tally\(|RefusedEvent\((?:index|0), |"
    r"BatchRefused\(|PostbackRefused\()\s*\"(\w+)\""
)


def test_every_code_of_the_collector_has_words() -> None:
    sources = [Path(str(module.__file__)).read_text() for module in (app, postbacks, wire)]
    codes = {code for source in sources for code in SAID.findall(source)}
    assert len(codes) > 20
    assert codes <= set(REASONS)


def refusal(body: bytes) -> str:
    [one] = wire.read_batch(body).refused
    return one.detail


WHEN = '"occurred_at":"2026-01-05T12:00:00Z"'


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ('{"kind":"click"}', "缺少：event_id"),
        (f'{{"event_id":1,"kind":"click",{WHEN}}}', "event_id：应为 str，读到 int"),
        (f'{{"event_id":"a","kind":"zap",{WHEN}}}', "kind：'zap' 不在可取值之列"),
        (f'{{"event_id":"a","kind":"click",{WHEN},"x":1}}', "事件没有 x 这个字段"),
        (
            f'{{"event_id":"a","kind":"order",{WHEN},"value_minor":-1}}',
            "value_minor：应为 int >= 0",
        ),
        (
            '{"event_id":"a","kind":"click","occurred_at":"now"}',
            "occurred_at：应为时间，例如 2026-01-05T12:00:00Z",
        ),
        ("5", "应为 object，读到 int"),
        ("{bad", "第 1 字节处"),
    ],
)
def test_a_wrong_event_is_told_in_the_readers_language(event: str, told: str) -> None:
    with translation.override("zh-hans"):
        assert in_words(refusal(event.encode())) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [('"kind":"zap"', "kind：不在可取值之列"), ('"kind":"click","x@y":1', "有事件没有的字段")],
)
def test_what_is_kept_of_it_is_told_without_what_was_sent(said: str, told: str) -> None:
    event = f'{{"event_id":"a",{WHEN},{said}}}'
    with translation.override("zh-hans"):
        assert in_words(without_values(refusal(event.encode()))) == told


def test_what_nobody_knows_stays_as_it_came() -> None:
    assert in_words("something else") == "something else"
