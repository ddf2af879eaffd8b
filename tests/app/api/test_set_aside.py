"""Owners' programs decide on lines that were set aside, on their own shops' only."""

import json

import pytest
from tests.app.api.conftest import caller, error
from tests.app.lake.journals import followed, single
from tests.app.web.conftest import lake  # noqa: F401  # a fixture
from tests.app.web.test_set_aside import counted, desk, make_link  # noqa: F401  # a fixture

from linkstar.accounts.models import AuditEvent, Reach

pytestmark = pytest.mark.django_db
WHY = {"why": "a test of ours"}


@pytest.fixture
def lines(lins, desk) -> dict[str, dict]:  # noqa: F811
    """The lines of Lin's shop, by what their events are called."""
    return {one["event_id"]: one for one in lins.get("set-aside").json()["items"]}


class TestLinesSetAside:
    def test_are_listed_in_pieces_and_by_reason(self, cast, lins, lines):
        assert set(lines) == {"a", "b", "c"}
        assert {one["shop_id"] for one in lines.values()} == {cast.shop.id}
        [first] = (piece := lins.get("set-aside", limit=1).json())["items"]
        [second] = lins.get("set-aside", limit=1, cursor=piece["next_cursor"]).json()["items"]
        assert first["id"] != second["id"]
        unknown = lins.get("set-aside", reason="link_unknown").json()["items"]
        assert {one["event_id"] for one in unknown} == {"a", "b"}
        lins.language = "zh-Hans"
        one = lins.get(f"set-aside/{lines['a']['id']}").json()
        assert (one["reason"], one["says"].isascii()) == ("link_unknown", False)

    def test_count_once_what_was_missing_is_there(self, cast, lins, desk, lines, now):  # noqa: F811
        early = lins.post(f"set-aside/{lines['a']['id']}/replay", {}).json()
        assert (early["stored"], early["left"]) == (0, 1)
        make_link(cast, now)
        done = lins.post("set-aside/replay-all", {"reason": "link_unknown"}).json()
        assert (done["lines"], done["stored"], done["is_applied"]) == (2, 2, True)
        assert counted(desk) == {"a", "b"}
        assert lins.post("set-aside/replay-all", {"reason": "link_unknown"}).json()["lines"] == 0
        noted = AuditEvent.objects.filter(verb="set_aside.replayed")
        assert noted.count() == 2
        assert all(one.detail["api_key"] for one in noted)

    def test_are_dismissed_only_with_a_reason_and_once(self, lins, lines):
        path = f"set-aside/{lines['c']['id']}/dismiss"
        lins.language = "zh-Hans"
        unsaid = lins.post(path, {"why": "  "})
        assert (unsaid.status_code, error(unsaid)["field"]) == (422, "body.why")
        assert lins.post(path, WHY).json()["dismissed"] == 1
        assert lins.post(path, WHY).status_code == 404
        all_of = lins.post("set-aside/dismiss-all", WHY | {"reason": "link_unknown"}).json()
        assert (all_of["lines"], all_of["dismissed"]) == (2, 2)
        assert lins.get("set-aside").json()["items"] == []

    def test_are_corrected_but_not_sent_by_somebody_else(self, lins, desk, lines):  # noqa: F811
        path = f"set-aside/{lines['c']['id']}/correct"
        event = json.loads(lines["c"]["line"])
        lins.language = "zh-Hans"
        for line, code in (
            ("nonsense", "not_json"),
            (json.dumps(event | {"shop": 9_999}), "sender_changed"),
        ):
            refused = lins.post(path, WHY | {"line": line})
            assert (refused.status_code, error(refused)["code"]) == (422, "CorrectionRefused")
            assert error(refused)["field"] == "body.line"
            assert error(refused)["details"]["code"] == code
            assert not error(refused)["message"].isascii()
        right = json.dumps(event | {"occurred_at": lines["c"]["received_at"]})
        assert lins.post(path, WHY | {"line": right}).json()["stored"] == 1
        assert counted(desk) == {"c"}

    def test_are_the_owners_of_their_shop_alone(self, cast, lins, veras, ottos, lines):
        one = f"set-aside/{lines['a']['id']}"
        meis = caller(cast.mei, cast.workspace, Reach.WRITE)
        assert {each.get(one).status_code for each in (veras, meis)} == {403}
        assert meis.post(f"{one}/dismiss", WHY).status_code == 403
        assert ottos.get("set-aside").json()["items"] == []
        assert ottos.get(one).status_code == 404
        assert ottos.post(f"{one}/dismiss", WHY).status_code == 404
        others = ottos.post("set-aside/dismiss-all", WHY | {"reason": "link_unknown"}).json()
        assert others["lines"] == 0
        assert {lins.get(f"set-aside/{name}").status_code for name in ("x", "0-1-1")} == {404}
        assert len(lins.get("set-aside").json()["items"]) == 3

    def test_in_conflict_are_dismissed_and_nothing_else(self, cast, lins, lines, desk):  # noqa: F811
        whose = {"shop": cast.shop.number, "workspace": cast.workspace.number, "link": None}
        desk.write(single(followed("x", **whose)), single(followed("x", kind="play", **whose)))
        desk.load()
        [one] = lins.get("set-aside", reason="conflict").json()["items"]
        assert (one["event_id"], one["actions"]) == ("x", ["dismiss"])
        lins.language = "zh-Hans"
        for path, body in (
            (f"set-aside/{one['id']}/replay", {}),
            (f"set-aside/{one['id']}/correct", WHY | {"line": one["line"]}),
            ("set-aside/replay-all", {"reason": "conflict"}),
        ):
            refused = lins.post(path, body)
            assert (refused.status_code, error(refused)["code"]) == (409, "OnlyDismissed")
            assert not error(refused)["message"].isascii()
        assert lins.post(f"set-aside/{one['id']}/dismiss", WHY).json()["dismissed"] == 1
