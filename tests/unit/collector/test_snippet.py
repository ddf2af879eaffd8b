"""The script for landing pages, as it was bundled."""

from linkstar.collector.snippet import snippet

BYTES_MAX = 3 * 1024


class TestTheSnippet:
    def test_is_small_and_served_as_a_script(self) -> None:
        answer = snippet()
        assert answer.status == 200
        assert len(answer.body) < BYTES_MAX
        assert ("content-type", "text/javascript; charset=utf-8") in answer.headers

    def test_asks_for_consent_and_privacy_and_stores_nothing(self) -> None:
        script = snippet().body.decode()
        assert "globalPrivacyControl" in script
        assert not any(word in script for word in ("cookie", "localStorage", "sessionStorage"))
