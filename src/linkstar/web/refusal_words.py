"""What was not taken at the collector's door, in the reader's words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linkstar.collector.refusals import Refusal, first_day, refusals_in
from linkstar.jobs.tracking import journals

REASONS: Mapping[str, str | Promise] = {
    "body_too_large": _("A request of more than 1 MiB, or 8 MiB unpacked"),
    "click_not_durable": _("A click that could not be written down; the buyer was sent on"),
    "control_character": _("An event with a control character"),
    "empty": _("A request without events"),
    "fetched_ahead": _("Fetched ahead by a browser or app, or only asked about (HEAD)"),
    "incomplete": _("An order or refund without its ID, amount or currency"),
    "invalid": _("An event with a field that is missing, unknown or wrong"),
    "kind_not_allowed": _("A kind of event that this key may not send"),
    "link_unknown": _("A link that does not exist, was stopped or has expired"),
    "not_durable": _("The disk refused; the sender was told to try again"),
    "not_found": _("An address that does not exist"),
    "not_gzip": _("A request that says it is gzip and is not"),
    "not_json": _("An event or a request that is not JSON"),
    "origin_not_allowed": _("A page on a host that is not allowed"),
    "postback_key_unknown": _("A postback under a key that does not exist or was revoked"),
    "privacy_signal": _("A browser that asks for privacy; nothing of it is kept"),
    "signature_missing": _("A postback without a signature"),
    "signature_wrong": _("A postback whose signature is wrong"),
    "sub_id_refused": _("A sub-ID that is not of this link or has run out; the click counts"),
    "timestamp_out_of_range": _("A postback more than 5 minutes old or early"),
    "timestamp_wrong": _("A postback whose time cannot be read"),
    "too_long": _("An event of more than 16,384 bytes"),
    "too_many_events": _("A request of more than 10,000 events"),
    "too_many_per_second": _("More events per second than a shop may send"),
    "write_key_unknown": _("A write key that does not exist or was revoked"),
}
"""Why something was not taken, by the code its sender was given."""

_AT = re.compile(r"^(.*?)(?: - at `\$\.?([^`]*)`)?$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected (.+?)(?:, got (.+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refused:
    """Refusals of one kind, as a page shows them."""

    shop: int
    reason: str
    times: int
    last_at: datetime
    detail: str


def refused(shops: Iterable[int] | None, *, now: datetime) -> list[Refused]:
    """What was not taken in the last 30 days of these shops; where none is named, of all."""
    found = refusals_in(journals(settings.PLACES.collector), since=first_day(now))
    wanted = None if shops is None else set(shops)
    return [_told(one) for one in found if wanted is None or one.shop in wanted]


def _told(one: Refusal) -> Refused:
    reason = str(REASONS.get(one.code, one.code))
    return Refused(one.shop, reason, one.times, one.last_at, in_words(one.detail))


def in_words(detail: str) -> str:
    """What is wrong with an event, as field, expected and found; as it came where nobody knows."""
    [(said, field)] = _AT.findall(detail)
    for pattern, words in _SENTENCES:
        if found := pattern.match(said):
            return words(field or "", *found.groups())
    return detail


def _expected(field: str, expected: str, found: str | None) -> str:
    expected, got = expected.replace("`", ""), (found or "").replace("`", "")
    if not field:
        return gettext("expected %(expected)s, found %(found)s") % {
            "expected": expected,
            "found": got,
        }
    if not got:
        return gettext("%(field)s: expected %(expected)s") % {"field": field, "expected": expected}
    said = gettext("%(field)s: expected %(expected)s, found %(found)s")
    return said % {"field": field, "expected": expected, "found": got}


_SENTENCES: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (_EXPECTED, _expected),
    (
        re.compile(r"^(?:Object missing required field |missing: )`?([^`]+)`?$"),
        lambda _at, fields: gettext("missing: %(fields)s") % {"fields": fields},
    ),
    (
        re.compile(r"^Object contains unknown field `(.+)`$"),
        lambda _at, field: gettext("%(field)s is not a field of events") % {"field": field},
    ),
    (
        re.compile(r"^Invalid enum value (.+)$", re.DOTALL),
        lambda field, value: (
            gettext("%(field)s: %(found)s is not one of its values")
            % {"field": field, "found": value}
        ),
    ),
    (
        re.compile(r"^Object contains unknown field$"),
        lambda _at: gettext("a field that events do not have"),
    ),
    (
        re.compile(r"^Invalid enum value$"),
        lambda field: gettext("%(field)s: not one of its values") % {"field": field},
    ),
    (
        re.compile(r"^Invalid RFC3339 encoded datetime$"),
        lambda field: (
            gettext("%(field)s: expected a time such as 2026-01-05T12:00:00Z") % {"field": field}
        ),
    ),
    (
        re.compile(r"^(?:a page may not say|`order` or `refund` expected, not) `(.+)`$"),
        lambda _at, kind: gettext("found %(found)s") % {"found": kind},
    ),
    (
        re.compile(r"^.*: line (\d+) column (\d+) \(char \d+\)$"),
        lambda _at, line, column: (
            gettext("line %(line)s, column %(column)s") % {"line": line, "column": column}
        ),
    ),
    (
        re.compile(r"^JSON is malformed: .* \(byte (\d+)\)$"),
        lambda _at, byte: gettext("at byte %(byte)s") % {"byte": byte},
    ),
    (
        re.compile(r"^(\d+) bytes$"),
        lambda _at, size: gettext("%(size)s bytes") % {"size": size},
    ),
    (re.compile(r"^an escaped control character$"), lambda _at: ""),
)
"""What decoders and the collector say of what is wrong, and how it reads."""
