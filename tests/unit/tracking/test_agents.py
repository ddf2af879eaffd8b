"""Devices and robots are told from the agents real browsers and programs send."""

import pytest

from linkstar.tracking.agents import agent_kind, device_of

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) {SAFARI}"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) {SAFARI}"
PIXEL = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36"
GALAXY_TAB = f"Mozilla/5.0 (Linux; Android 13; SM-X700) {CHROME} Safari/537.36"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} Safari/537.36"
SAMSUNG_TV = "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 TV Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class TestTheDeviceBehindAnAgent:
    @pytest.mark.parametrize(
        ("agent", "device"),
        [
            (IPHONE, "phone"),
            (PIXEL, "phone"),
            (IPAD, "tablet"),
            (GALAXY_TAB, "tablet"),
            (WINDOWS, "desktop"),
            (MAC, "desktop"),
            (SAMSUNG_TV, "tv"),
            (GOOGLEBOT, "other"),
            ("curl/8.0", "other"),
            ("", "other"),
        ],
    )
    def test_is_told_by_kind(self, agent: str, device: str) -> None:
        assert device_of(agent) == device


class TestAnAgent:
    @pytest.mark.parametrize("agent", [IPHONE, PIXEL, IPAD, GALAXY_TAB, WINDOWS, MAC, SAMSUNG_TV])
    def test_of_a_person_is_a_browser(self, agent: str) -> None:
        assert agent_kind(agent) == "browser"

    @pytest.mark.parametrize("agent", [GOOGLEBOT, "facebookexternalhit/1.1"])
    def test_that_says_it_is_a_robot_is_one(self, agent: str) -> None:
        assert agent_kind(agent) == "robot"

    @pytest.mark.parametrize(
        "agent", ["curl/8.0", "python-requests/2.31", "Go-http-client/1.1", ""]
    )
    def test_without_a_system_is_a_program(self, agent: str) -> None:
        assert agent_kind(agent) == "program"
