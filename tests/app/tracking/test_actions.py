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
)
from linkstar.tracking.models import TrackedLink, WriteKey
from linkstar.tracking.queries import keys_of, links_of
from linkstar.tracking.rules import DestinationRefused

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
