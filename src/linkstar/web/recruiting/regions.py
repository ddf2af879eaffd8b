"""Countries and languages by their own names, from CLDR by way of Babel."""

from django.utils.translation import get_language

from linkstar.connectors.creator_import import LANGUAGES, REGIONS
from linkstar.web.formats import NOTHING, locale_of


def region_name(code: str) -> str:
    """United States, 美国."""
    names = locale_of(get_language() or "en").territories
    return str(names.get(code.upper(), code)) if code else NOTHING


def language_name(code: str) -> str:
    """English, 英语."""
    names = locale_of(get_language() or "en").languages
    return str(names.get(code, code)) if code else NOTHING


def region_choices() -> list[tuple[str, str]]:
    codes = sorted(set(REGIONS.values()))
    return sorted(((code, region_name(code)) for code in codes), key=lambda one: one[1])


def language_choices() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in sorted(set(LANGUAGES.values()))]
