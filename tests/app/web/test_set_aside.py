"""Deciding on lines that were set aside: by whom, on which, and what the page says afterwards."""

import json

import pytest
from tests.app.lake.journals import Desk, followed, single

from linkstar.accounts.models import AuditEvent
from linkstar.events.journal import sealed_segments
from linkstar.lake.asides import decisions_made, lines_aside
from linkstar.lake.books import identities
from linkstar.lake.tables import EVENTS_TABLE
from linkstar.lake.verify import verify
from linkstar.tracking.directory import RecordedDirectory
from linkstar.tracking.models import TrackedLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast, lake, settings) -> Desk:
    """Two clicks on a link of Lin's shop that nobody has made yet, and one without a time."""
    desk = Desk(settings.PLACES.data)
    desk.folder = settings.PLACES.collector / "journal"
    desk.directory = RecordedDirectory()
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
    desk.write(
        single(followed("a", link="late", **whose)),
        single(followed("b", link="late", **whose)),
        single(followed("c", occurred_at="yesterday", **{**whose, "link": None})),
        single(followed("d", shop=9_999, workspace=9_999)),
    )
    desk.load()
    return desk


def address(desk: Desk, event_id: str) -> str:
    [line] = [each for each in lines_aside(desk.lake, None, most=9)
              if each.event_id == event_id]  # fmt: skip
    return f"/operations/set-aside/{line.address.name}/"


def make_link(cast, now) -> None:
    TrackedLink.objects.create(
        shop=cast.shop, token="late", destination="https://x.example/", creator="@Ada",
        created_at=now,
    )  # fmt: skip


def counted(desk: Desk) -> set[str]:
    return {row["event_id"] for row in desk.rows(EVENTS_TABLE, "event_id")}


class TestAllOfAReason:
    def test_count_once_the_link_was_made(self, lin, cast, desk, now) -> None:
        make_link(cast, now)
        said = {"reason": "link_unknown", "action": "replay"}
        page = lin.post("/operations/set-aside/", said, follow=True).content.decode()
        assert "2 lines count now." in page
        assert counted(desk) == {"a", "b"}
        assert verify(desk.lake) == []
        [noted] = AuditEvent.objects.filter(verb="set_aside.replayed")
        assert (noted.user, noted.workspace, noted.detail["lines"]) == (
            cast.lin, cast.workspace, 2,
        )  # fmt: skip

    def test_are_dismissed_only_with_a_reason(self, lin, cast, desk) -> None:
        said = {"reason": "link_unknown", "action": "dismiss"}
        page = lin.post("/operations/set-aside/", said)
        assert "Say why" in page.content.decode()
        page = lin.post("/operations/set-aside/", {**said, "why": "a test of ours"}, follow=True)
        assert "2 were dismissed." in page.content.decode()
        [book] = [b for b in identities(desk.lake, None) if b.shop == cast.shop.number]
        assert (book.received, book.quarantined, book.dismissed, book.difference) == (3, 1, 2, 0)

    def test_never_take_in_another_workspaces(self, client, cast, desk, now) -> None:
        make_link(cast, now)
        client.force_login(cast.otto)
        client.post("/operations/set-aside/", {"reason": "link_unknown", "action": "replay"})
        assert counted(desk) == set()


class TestOneLine:
    def test_that_cannot_be_told_yet_stays_and_says_so(self, lin, desk) -> None:
        page = lin.post(address(desk, "a"), {"action": "replay"}, follow=True).content.decode()
        assert "1 stays set aside: its reason still holds." in page
        assert "still set aside" in page

    def test_is_corrected_by_its_owner(self, lin, cast, desk) -> None:
        where = address(desk, "c")
        received = lin.get(where).context["line"].line
        said = json.dumps({**json.loads(received), "occurred_at": "2026-01-05T11:00:00Z"}, indent=1)
        page = lin.post(
            where, {"action": "correct", "line": said, "why": "clock not set"}, follow=True
        ).content.decode()
        assert "1 line counts now." in page
        assert "clock not set" in page
        assert "lin@" in page
        assert counted(desk) == {"c"}
        assert verify(desk.lake) == []

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"shop": 9_999}, "Who sent the line cannot be changed."),
            ({"kind": "explosion"}, "This is not an event."),
            ({"filtered": None}, "This is not an event."),
        ],
    )
    def test_is_not_made_into_anything_else(self, lin, desk, change, told) -> None:
        where = address(desk, "c")
        received = json.loads(lin.get(where).context["line"].line)
        fixed = {**received, "occurred_at": "2026-01-05T11:00:00Z", **change}
        said = {"action": "correct", "line": json.dumps(fixed), "why": "trying"}
        page = lin.post(where, said).content.decode()
        assert told in page
        assert counted(desk) == set()

    def test_says_field_expected_and_found_in_the_readers_language(self, lin, desk) -> None:
        where = address(desk, "c")
        received = json.loads(lin.get(where).context["line"].line)
        said = {"action": "correct", "line": json.dumps({**received, "kind": 5}), "why": "trying"}
        lin.post("/language/", {"language": "zh-hans"})
        assert "kind：应为 str，读到 int" in lin.post(where, said).content.decode()

    def test_that_was_changed_is_not_replayed_as_received(self, lin, desk) -> None:
        where = address(desk, "c")
        page = lin.post(where, {"action": "replay", "line": "{}"}).content.decode()
        assert "The line was changed." in page
        assert decisions_made(desk.lake, None, most=9) == []

    def test_of_a_shop_that_is_not_there_is_the_operators_to_decide(
        self, lin, client, cast, desk
    ) -> None:
        where = address(desk, "d")
        assert lin.get(where).status_code == 404
        client.force_login(cast.olga)
        where = where.replace("/operations/", "/operator/")
        received = json.loads(client.get(where).context["line"].line)
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
        said = {"action": "correct", "line": json.dumps({**received, **whose}), "why": "moved"}
        client.post(where, said)
        assert counted(desk) == {"d"}
        assert verify(desk.lake) == []

    def test_that_was_decided_is_gone(self, lin, desk) -> None:
        where = address(desk, "a")
        lin.post(where, {"action": "dismiss", "why": "not ours"})
        assert lin.get(where).status_code == 404
        assert [made.outcome for made in decisions_made(desk.lake, None, most=9)] == ["dismissed"]

    @pytest.mark.parametrize("name", ["x", "a-b-c", "a-1", "a-1-" + "9" * 30, "%00-1-1"])
    def test_of_a_made_up_address_is_not_found(self, lin, desk, name) -> None:
        assert lin.get(f"/operations/set-aside/{name}/").status_code == 404


@pytest.fixture
def otherwise(cast, desk) -> None:
    """A play under the id of a click that counts."""
    whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
    desk.write(single(followed("x", **whose)), single(followed("x", kind="play", **whose)))
    desk.load()


class TestALineInConflict:
    def test_is_shown_beside_what_counts_and_dismissed(self, lin, cast, desk, otherwise) -> None:
        where = address(desk, "x")
        page = lin.get(where)
        assert ("kind", "click", "play", True) in page.context["sides"]
        assert b'value="replay"' not in page.content
        assert lin.post(where, {"action": "replay"}).status_code == 404
        said = {"action": "dismiss", "why": "their test"}
        assert "1 was dismissed." in lin.post(where, said, follow=True).content.decode()
        [book] = [b for b in identities(desk.lake, None) if b.shop == cast.shop.number]
        assert (book.conflicts, book.dismissed, book.difference) == (0, 1, 0)

    def test_differs_only_where_it_does(self, lin, cast, desk, now) -> None:
        make_link(cast, now)
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number}
        said = {"link": "late", "product_id": "17001", **whose}
        other = followed("y", **{**said, "creator": "@ADA", "product_id": "17002"})
        desk.write(single(followed("y", **said)), single(other))
        desk.load()
        sides = lin.get(address(desk, "y")).context["sides"]
        assert [name for name, _, _, differs in sides if differs] == ["product_id"]

    def test_is_dismissed_with_all_of_its_kind_but_not_replayed(self, lin, desk, otherwise) -> None:
        said = {"reason": "conflict", "action": "replay"}
        assert lin.post("/operations/set-aside/", said).status_code == 404
        said |= {"action": "dismiss", "why": "their test"}
        page = lin.post("/operations/set-aside/", said, follow=True).content.decode()
        assert "1 was dismissed." in page


@pytest.fixture
def spoilt(desk) -> None:
    """A segment with another byte than was written, and the torn end of another."""
    desk.write(single(followed("s")))
    [sealed] = sealed_segments(desk.folder)
    sealed.path.write_bytes(sealed.path.read_bytes().replace(b'"s"', b'"z"'))
    desk.load()
    (desk.folder / "quarantine" / "000000000009-torn").write_bytes(b'{"frame":[9')


class TestSpoiltBytes:
    def test_are_looked_at_taken_away_and_dismissed_by_the_operator(
        self, lin, client, cast, desk, spoilt
    ) -> None:
        client.force_login(cast.olga)
        [line] = [one for one in lines_aside(desk.lake, None, most=9) if one.reason == "spoilt"]
        where = f"/operator/set-aside/{line.address.name}/"
        [(piece, head)] = client.get(where).context["pieces"]
        assert "22 7a 22" in head
        taken = client.get(f"/operator/spoilt/journal/{piece.name}")
        assert b"".join(taken.streaming_content) == piece.path.read_bytes()
        assert "attachment" in taken.headers["Content-Disposition"]
        said = {"action": "dismiss", "why": "the disk was changed"}
        page = client.post(where, said, follow=True).content.decode()
        assert "1 was dismissed." in page
        assert verify(desk.lake) == []
        assert piece.path.exists()

    def test_are_listed_with_torn_ends_that_need_no_decision(
        self, client, cast, desk, spoilt
    ) -> None:
        client.force_login(cast.olga)
        page = client.get("/operator/spoilt/")
        assert len(page.context["pieces"]) == 2
        assert "nothing to decide" in page.content.decode()
        for name in ("000000000009-other", "..%2f..%2fname", "loader.lock"):
            assert client.get(f"/operator/spoilt/journal/{name}").status_code == 404
