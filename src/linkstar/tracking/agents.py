"""What a user agent says of the device behind it. Agents come from ua-parser's maintained list."""

from functools import lru_cache

from ua_parser import Result, parse

_PHONES = frozenset({"iPhone", "iPod"})
_PHONE_SYSTEMS = frozenset({"Windows Phone", "BlackBerry OS", "KaiOS", "Symbian OS", "HarmonyOS"})
_TV_SYSTEMS = frozenset({"Tizen", "webOS", "tvOS", "ATV OS X", "Chromecast", "Android TV", "Roku"})
_DESKTOP_SYSTEMS = frozenset(
    {"Windows", "Mac OS X", "Linux", "Chrome OS", "Ubuntu", "Fedora", "Debian", "FreeBSD"}
)
_TV_MARKS = ("TV", "BRAVIA", "AFT", "CrKey")
AGENTS_KEPT = 50_000


@lru_cache(maxsize=AGENTS_KEPT)
def device_of(agent: str) -> str:
    """`phone`, `tablet`, `desktop`, `tv` or `other`."""
    said = parse(agent)
    system = said.os.family if said.os else ""
    family = said.device.family if said.device else ""
    if family == "Spider":
        return "other"
    if system in _TV_SYSTEMS or any(mark in agent for mark in _TV_MARKS):
        return "tv"
    if system == "iOS" or family in _PHONES or family == "iPad":
        return "tablet" if family == "iPad" else "phone"
    if system == "Android":
        return "phone" if "Mobile" in agent and not _is_tablet(said) else "tablet"
    if system in _PHONE_SYSTEMS:
        return "phone"
    return "desktop" if system in _DESKTOP_SYSTEMS else "other"


def _is_tablet(said: Result) -> bool:
    return bool(said.device and said.device.brand == "Generic_Android_Tablet")


@lru_cache(maxsize=AGENTS_KEPT)
def agent_kind(agent: str) -> str:
    """`browser`, `robot` (it says so), or `program` (no browser runs without a system)."""
    said = parse(agent)
    if said.device and said.device.family == "Spider":
        return "robot"
    return "browser" if said.os else "program"
