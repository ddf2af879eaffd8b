"""What the collector answers, and what is on disk when it does."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.collector.desk import EVENT, EXPIRED, KEY, NOW, PASSING, SUB_ID_KEY, TOKEN, Desk
from tests.journals import payloads_in

from linkstar.collector.app import Limits
from linkstar.collector.refusals import refusals_in
from linkstar.collector.registry import Link, Registry, write_registry
from linkstar.collector.sub_ids import sign_sub_id


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


class TestALink:
    def test_sends_the_buyer_on_and_counts_the_click(self, desk: Desk) -> None:
        answer = desk.ask("GET", f"/r/{TOKEN}")
        assert (answer.status, answer.headers["location"]) == (302, "https://shop.example/p/1")
        (event,) = desk.stored()
        assert (event["kind"], event["link"], event["shop"]) == ("click", TOKEN, 3)

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("HEAD", {}),
            ("GET", {"sec_purpose": "prefetch;prerender"}),
            ("GET", {"sec_purpose": "Prefetch"}),
            ("GET", {"purpose": "prefetch"}),
            ("GET", {"purpose": "preview"}),
            ("GET", {"x_moz": "prefetch"}),
            ("GET", {"x_purpose": "preview"}),
        ],
    )
    def test_is_not_counted_unless_a_person_followed_it(self, desk: Desk, method, headers) -> None:
        assert desk.ask(method, f"/r/{TOKEN}", **headers).status == 302
        assert desk.stored() == []

    @pytest.mark.parametrize("token", ["nothing", EXPIRED, "", "../registry.json"])
    def test_that_leads_nowhere_is_not_found(self, desk: Desk, token: str) -> None:
        assert desk.ask("GET", f"/r/{token}").status == 404
        assert desk.stored() == []

    def test_that_leads_nowhere_says_so_to_whoever_reads(self, desk: Desk) -> None:
        read = desk.ask("GET", f"/r/{EXPIRED}", accept="text/html,*/*;q=0.8")
        assert (read.status, read.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "This link leads nowhere" in read.body.decode()
        assert "此链接已失效" in read.body.decode()
        told = desk.ask("GET", f"/r/{EXPIRED}", accept="*/*")
        assert json.loads(told.body) == {"error": "link_unknown"}
        assert desk.collector.refusals.told() == {"link_unknown": 2}

    def test_cannot_be_guessed_at_speed(self, desk: Desk) -> None:
        answers = [desk.ask("GET", f"/r/guess{n}") for n in range(100)]
        assert [answer.status for answer in answers].count(404) == 30
        assert int(answers[-1].headers["retry-after"]) == 2

    def test_made_after_the_start_works_without_a_restart(self, desk: Desk) -> None:
        assert desk.ask("GET", "/r/fresh").status == 404
        links = {"fresh": Link(shop=3, workspace=2, destination="https://shop.example/new")}
        write_registry(desk.folder / "registry.json", Registry(links=links))
        desk.collector._registry._look_again_at = 0
        assert desk.ask("GET", "/r/fresh").status == 302


class TestASubId:
    def sign(self, token: str = TOKEN, expires_at: int = 2_000_000_000) -> str:
        return sign_sub_id(
            "autumn", token=token, expires_at=expires_at, key=SUB_ID_KEY, key_id="k1"
        )

    def test_that_we_signed_is_kept_with_the_click(self, desk: Desk) -> None:
        assert desk.ask("GET", f"/r/{TOKEN}?s={self.sign()}").status == 302
        (event,) = desk.stored()
        assert event["sub_id"] == "autumn"

    @pytest.mark.parametrize("forged", ["autumn", "of another link", "run out", "https://evil.com"])
    def test_that_we_did_not_sign_is_ignored_counted_and_leads_nowhere_else(
        self, desk: Desk, forged: str
    ) -> None:
        made = {"of another link": self.sign(PASSING), "run out": self.sign(expires_at=1)}
        answer = desk.ask("GET", f"/r/{TOKEN}?s={made.get(forged, forged)}&url=https://evil.com")
        assert answer.headers["location"] == "https://shop.example/p/1"
        (event,) = desk.stored()
        assert "sub_id" not in event
        assert desk.collector.refusals.told() == {"sub_id_refused": 1}


class TestAClick:
    def test_is_passed_to_the_landing_page_where_the_link_says_so(self, desk: Desk) -> None:
        answer = desk.ask("GET", f"/r/{PASSING}")
        (event,) = desk.stored()
        assert answer.headers["location"] == (
            f"https://shop.example/p/1?c=2&ls_click={event['event_id']}#top"
        )

    def test_that_was_not_counted_is_not_passed_on(self, desk: Desk) -> None:
        assert desk.ask("HEAD", f"/r/{PASSING}").headers["location"].endswith("?c=2#top")


class TestAPixel:
    def test_is_an_image_nobody_may_cache_and_counts_an_impression(self, desk: Desk) -> None:
        answer = desk.ask("GET", f"/p/{TOKEN}.gif")
        assert answer.body.startswith(b"GIF89a")
        assert "no-store" in answer.headers["cache-control"]
        assert [event["kind"] for event in desk.stored()] == ["impression"]


class TestPrivacy:
    def test_holds_no_address_on_disk_only_its_network(self, desk: Desk) -> None:
        desk.ask("GET", f"/r/{TOKEN}")
        (event,) = desk.stored()
        assert event["network"] == "203.0.113.0"
        assert "203.0.113.77" not in json.dumps(event)

    def test_knows_a_visitor_again_the_same_day_only_by_a_hash(self, desk: Desk) -> None:
        for agent in ("Phone", "Phone", "Laptop"):
            desk.ask("GET", f"/r/{TOKEN}", agent=agent)
        first, second, third = (event["visitor"] for event in desk.stored())
        assert first == second != third


class TestABatch:
    def test_of_lines_is_accepted_with_its_sender(self, desk: Desk) -> None:
        answer = desk.send_events(json.dumps(EVENT).encode())
        assert (answer.status, json.loads(answer.body)["accepted"]) == (202, 1)
        envelope, event = desk.stored()
        assert envelope["envelope"]["shop"] == 3
        assert event == EVENT

    @pytest.mark.parametrize("pack", [lambda b: b, gzip.compress], ids=["plain", "gzip"])
    def test_may_be_an_array_and_may_be_packed(self, desk: Desk, pack: Callable) -> None:
        body = pack(json.dumps([EVENT, EVENT | {"event_id": "e-2"}]).encode())
        headers = {"content_encoding": "gzip"} if pack is gzip.compress else {}
        assert json.loads(desk.send_events(body, **headers).body)["accepted"] == 2

    def test_keeps_the_good_events_and_names_the_bad_ones_by_index(self, desk: Desk) -> None:
        bad = EVENT | {"event_id": "e-2", "kind": "clik"}
        body = b"\n".join(json.dumps(e).encode() for e in (EVENT, bad, EVENT | {"event_id": "e-3"}))
        answer = json.loads(desk.send_events(body).body)
        assert answer["accepted"] == 2
        assert [refused["index"] for refused in answer["refused"]] == [1]
        assert "$.kind" in answer["refused"][0]["detail"]
        assert [line.get("event_id") for line in desk.stored()] == [None, "e-1", "e-3"]

    def test_without_a_key_or_with_a_wrong_one_is_refused(self, desk: Desk) -> None:
        body = json.dumps(EVENT).encode()
        assert desk.ask("POST", "/v1/events", body=body).status == 401
        assert desk.ask("POST", "/v1/events", body=body, authorization="Bearer ls_x").status == 401
        assert desk.stored() == []

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"[]", 400),
            (b"[1,", 400),
            (b"[" * 100_000, 400),
            (b'{"a":' * 3_000, 422),
            (b"\xff\xfe\x00", 422),
            (b'{"event_id":"a\\u0000b","kind":"click","occurred_at":"2026-10-22T10:09:00Z"}', 422),
            (b'{"event_id":"x","kind":"click","occurred_at":"2026-10-22T10:09:00"}', 422),
            (b'{"event_id":"x","kind":"click","occurred_at":NaN}', 422),
            (b"x" * (1 << 20) + b"x", 413),
        ],
    )
    def test_that_cannot_be_read_is_refused_with_a_code(self, desk: Desk, body, status) -> None:
        answer = desk.send_events(body)
        assert answer.status == status
        assert json.loads(answer.body)
        assert desk.stored() == []

    @pytest.mark.parametrize(
        "body",
        [b"not gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") * 2],
        ids=["no gzip", "torn", "two members"],
    )
    def test_that_is_not_whole_gzip_is_refused(self, desk: Desk, body: bytes) -> None:
        answer = desk.send_events(body, content_encoding="gzip")
        assert (answer.status, json.loads(answer.body)) == (400, {"error": "not_gzip"})

    def test_over_the_shops_rate_is_told_when_to_come_back(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, Limits(events_per_second=0.5))
        for _ in range(5):
            assert desk.send_events(json.dumps(EVENT).encode()).status == 202
        late = desk.send_events(json.dumps(EVENT).encode())
        assert (late.status, late.headers["retry-after"]) == (429, "2")
        desk.journal.close()

    def test_that_unpacks_to_too_much_is_refused(self, desk: Desk) -> None:
        bomb = gzip.compress(b"\n" * (9 << 20))
        assert desk.send_events(bomb, content_encoding="gzip").status == 413


class TestTheDisk:
    @pytest.mark.parametrize("path", [f"/p/{TOKEN}.gif", f"/r/{TOKEN}"])
    def test_is_synced_before_anybody_is_answered(self, desk: Desk, monkeypatch, path) -> None:
        happened = []
        sync, handle = os.fdatasync, desk.collector.handle

        def fdatasync(file: int) -> None:
            sync(file)
            happened.append("synced")

        def handled(request, reply) -> None:
            handle(request, lambda answer: (happened.append("answered"), reply(answer)))

        monkeypatch.setattr(os, "fdatasync", fdatasync)
        monkeypatch.setattr(desk.collector, "handle", handled)
        desk.ask_together([("GET", path, b"", {})] * 3)
        assert happened == ["synced", "answered", "answered", "answered"]

    def test_is_synced_once_for_requests_that_come_together(self, desk: Desk, monkeypatch) -> None:
        commits = []
        real = desk.journal.commit
        monkeypatch.setattr(desk.journal, "commit", lambda f: (commits.append(len(f)), real(f))[1])
        desk.ask_together([("GET", f"/p/{TOKEN}.gif", b"", {})] * 20)
        assert len(commits) == 1
        assert len(desk.stored()) == 20

    def test_has_single_lines_in_frames_they_share_and_each_batch_in_its_own(
        self, desk: Desk
    ) -> None:
        pixel = ("GET", f"/p/{TOKEN}.gif", b"", {})
        body, key = json.dumps(EVENT).encode(), {"authorization": f"Bearer {KEY}"}
        batch = ("POST", "/v1/events", body, key)
        desk.ask_together([pixel] * 12 + [batch] * 2 + [pixel] * 8)
        desk.journal.seal()
        payloads = payloads_in(desk.journal.directory)
        assert [payload.count(b"\n") for payload in payloads] == [2, 2, 16, 4]
        assert [b"envelope" in payload for payload in payloads] == [True, True, False, False]

    def test_refusing_means_no_acknowledgement_but_a_buyer_is_sent_on(
        self, desk: Desk, monkeypatch
    ) -> None:
        monkeypatch.setattr("os.fdatasync", lambda handle: (_ for _ in ()).throw(OSError(5, "io")))
        pixel = desk.ask("GET", f"/p/{TOKEN}.gif")
        assert (pixel.status, pixel.headers["retry-after"]) == (503, "5")
        assert desk.send_events(json.dumps(EVENT).encode()).status == 503
        assert desk.ask("GET", f"/r/{TOKEN}").status == 302
        assert desk.collector.refusals.told() == {"not_durable": 2, "click_not_durable": 1}

    def test_that_is_nearly_full_takes_nothing_more_and_recovers(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, Limits(free_ratio_min=1.0))
        desk.collector._look_at_disk()
        assert desk.ask("GET", f"/p/{TOKEN}.gif").status == 503
        assert desk.ask("GET", f"/r/{TOKEN}").status == 302
        desk.collector._limits = Limits(free_ratio_min=0.0)
        desk.collector._look_at_disk()
        assert desk.ask("GET", f"/p/{TOKEN}.gif").status == 200
        desk.journal.close()


class TestWhatIsRefused:
    def tallied(self, desk: Desk) -> dict[tuple[int, str], tuple[int, str]]:
        desk.collector.close()
        found = refusals_in([desk.journal.directory], since=NOW.date())
        return {(one.shop, one.code): (one.times, one.detail) for one in found}

    def test_of_a_batch_is_tallied_for_its_shop_event_by_event(self, desk: Desk) -> None:
        wrong = [{**EVENT, "value_minor": "12"}, {**EVENT, "value_minor": 1.5}, EVENT]
        assert desk.send_events(json.dumps(wrong).encode()).status == 202
        detail = "Expected `int | null`, got `float` - at `$.value_minor`"
        assert self.tallied(desk) == {(3, "invalid"): (2, detail)}

    def test_of_a_whole_request_is_tallied_as_well(self, desk: Desk) -> None:
        desk.send_events(b"[")
        desk.send_events(b"hello", content_encoding="gzip")
        desk.send_events(b" ")
        codes = ("not_json", "not_gzip", "empty")
        assert self.tallied(desk) == {(3, code): (1, "") for code in codes}

    def test_of_nobodys_key_and_link_is_nobodys(self, desk: Desk) -> None:
        desk.ask("GET", "/r/nothing")
        desk.ask("POST", "/v1/events", body=b"[]", authorization="Bearer guessed")
        assert self.tallied(desk) == {
            (0, "link_unknown"): (1, ""),
            (0, "write_key_unknown"): (1, ""),
        }

    def test_counts_what_was_fetched_ahead(self, desk: Desk) -> None:
        desk.ask("HEAD", f"/r/{TOKEN}")
        desk.ask("GET", f"/p/{TOKEN}.gif", sec_purpose="prefetch")
        assert self.tallied(desk) == {(3, "fetched_ahead"): (2, "")}
