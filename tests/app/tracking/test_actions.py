from datetime import timedelta
from pathlib import Path

import pytest

from linkstar.collector.registry import RegistryFile, digest_of_key
from linkstar.collector.sub_ids import read_sub_id
from linkstar.tracking.actions import (
    allow_host,
    make_key,
    make_link,
    publish_registry,
    revoke_key,
    stop_link,
    sub_id_for,
    take_off_host,
)
from linkstar.tracking.models import ShopHost, TrackedLink, WriteKey
from linkstar.tracking.queries import hosts_of, keys_of, links_of, links_resting_on
from linkstar.tracking.rules import DestinationRefused, HostInUse

DESTINATION = "https://shop.example.com/p/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "collector" / "registry.json"


def told(path: Path):
    return RegistryFile(path).current(0.0)


class TestALink:
    def test_works_for_the_collector_as_soon_as_it_is_made(self, cast, now, path: Path) -> None:
        allow_host(shop=cast.shop, host="shop.example.com", now=now)
        until = now + timedelta(days=30)
        link = make_link(
            shop=cast.shop, destination=DESTINATION, registry=path, now=now, expires_at=until
        )
        known = told(path).links[link.token]
        assert (known.destination, known.shop) == (DESTINATION, cast.shop.number)
        assert known.workspace == cast.workspace.number
        assert known.expires_at == until.timestamp()

    def test_leads_only_to_hosts_of_its_own_shop(self, cast, now, path: Path) -> None:
        allow_host(shop=cast.other_shop, host="shop.example.com", now=now)
        with pytest.raises(DestinationRefused):
            make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        assert not TrackedLink.objects.exists()

    def test_that_was_stopped_leads_nowhere(self, cast, now, path: Path) -> None:
        allow_host(shop=cast.shop, host="shop.example.com", now=now)
        link = make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        stop_link(link=link, registry=path, now=now)
        assert told(path).links == {}

    def test_is_seen_only_in_its_workspace(self, cast, now, path: Path) -> None:
        allow_host(shop=cast.shop, host="shop.example.com", now=now)
        make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        assert links_of(cast.workspace).count() == 1
        assert links_of(cast.other_workspace).count() == 0


class TestAHostTakenOff:
    @pytest.fixture
    def allowed(self, cast, now) -> ShopHost:
        return allow_host(shop=cast.shop, host="shop.example.com", now=now)

    def test_stops_what_leads_there_and_takes_it_from_page_keys(
        self, cast, now, path: Path, allowed
    ) -> None:
        _, page_key = make_key(shop=cast.shop, name="page", kind="page", registry=path, now=now)
        link = make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        assert take_off_host(allowed=allowed, links=1, registry=path, now=now) == [link]
        link.refresh_from_db()
        assert link.stopped_at == now
        assert told(path).links == {}
        assert told(path).keys[digest_of_key(page_key)].hosts == ()
        with pytest.raises(DestinationRefused):
            make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)

    def test_is_refused_with_the_number_of_links_until_it_is_said(
        self, cast, now, path: Path, allowed
    ) -> None:
        for _ in range(2):
            make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        with pytest.raises(HostInUse) as refused:
            take_off_host(allowed=allowed, links=1, registry=path, now=now)
        assert refused.value.links == 2
        assert len(told(path).links) == 2
        assert hosts_of(cast.shop) == ["shop.example.com"]

    def test_leaves_what_is_over_or_leads_elsewhere(self, cast, now, path: Path, allowed) -> None:
        allow_host(shop=cast.shop, host="other.example.com", now=now)
        allow_host(shop=cast.other_shop, host="shop.example.com", now=now)
        elsewhere = make_link(
            shop=cast.shop,
            destination="https://other.example.com/shop.example.com",
            registry=path,
            now=now,
        )
        others = make_link(shop=cast.other_shop, destination=DESTINATION, registry=path, now=now)
        soon = now + timedelta(hours=1)
        over = make_link(
            shop=cast.shop, destination=DESTINATION, registry=path, now=now, expires_at=soon
        )
        assert take_off_host(allowed=allowed, links=0, registry=path, now=soon) == []
        assert set(told(path).links) == {elsewhere.token, others.token, over.token}

    def test_stops_nothing_that_another_host_covers(self, cast, now, path: Path, allowed) -> None:
        wider = allow_host(shop=cast.shop, host="example.com", now=now)
        link = make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        take_off_host(allowed=allowed, links=0, registry=path, now=now)
        assert links_resting_on(wider, now=now) == [link]


class TestAWriteKey:
    def test_is_kept_as_a_digest_and_shown_once(self, cast, now, path: Path) -> None:
        made, key = make_key(shop=cast.shop, name="Landing page", registry=path, now=now)
        assert key.startswith("ls_live_")
        assert key not in str(WriteKey.objects.values())
        assert told(path).keys[digest_of_key(key)].shop == cast.shop.number
        assert key not in path.read_text()
        assert list(keys_of(cast.workspace)) == [made]

    def test_no_longer_writes_once_revoked_and_two_can_live_meanwhile(
        self, cast, now, path: Path
    ) -> None:
        old, old_key = make_key(shop=cast.shop, name="old", registry=path, now=now)
        _, new_key = make_key(shop=cast.shop, name="new", registry=path, now=now)
        assert {digest_of_key(old_key), digest_of_key(new_key)} == set(told(path).keys)
        revoke_key(key=old, registry=path, now=now)
        assert set(told(path).keys) == {digest_of_key(new_key)}


class TestAPostbackKey:
    def test_signs_what_the_collector_lets_through_and_is_kept_in_no_table(
        self, cast, now, path: Path, settings
    ) -> None:
        made, secret = make_key(
            shop=cast.shop, name="orders", kind="postback", registry=path, now=now
        )
        assert secret.startswith("whsec_")
        assert told(path).postback_keys[made.id].secrets == (secret,)
        assert secret not in str(WriteKey.objects.values())
        assert told(path).keys == {}
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
        publish_registry(path)
        fresh, before = told(path).postback_keys[made.id].secrets
        assert before == secret != fresh
        revoke_key(key=made, registry=path, now=now)
        assert told(path).postback_keys == {}


class TestASubId:
    def test_signed_for_a_link_is_read_by_the_collector_until_it_runs_out(
        self, cast, now, path: Path
    ) -> None:
        allow_host(shop=cast.shop, host="shop.example.com", now=now)
        link = make_link(shop=cast.shop, destination=DESTINATION, registry=path, now=now)
        signed = sub_id_for(link, "autumn", expires_at=now + timedelta(days=1))
        file = RegistryFile(path)
        file.current(0.0)
        at = now.timestamp()
        read = read_sub_id(signed, token=link.token, keys=file.sub_id_keys, now=at)
        assert read.text == "autumn"
