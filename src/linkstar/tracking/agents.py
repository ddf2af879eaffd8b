"""What a user agent says of the device and the kind of software behind it.

Devices and robots come from ua-parser's maintained list, robots and programs also from COUNTER's.
"""

from functools import lru_cache
from importlib.metadata import version

from counter_robots import is_machine, is_robot
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
    if not agent or is_machine(agent):
        return "program"
    said = parse(agent)
    if is_robot(agent) or (said.device and said.device.family == "Spider"):
        return "robot"
    return "browser" if said.os else "program"


def agent_lists() -> dict[str, str]:
    """The lists that tell agents apart, with the edition in use; both are named by their month."""
    return {name: version(name) for name in ("counter-robots", "ua-parser-builtins")}
