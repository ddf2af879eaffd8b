"""How often one key may call, and one address without a key that works."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle

from linkstar.api.calling import anybody
from linkstar.web.middleware import address_of


class PerKey(SimpleRateThrottle):
    """So many calls a minute for each key."""

    scope = "api_key"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_CALLS_PER_MINUTE}/m")

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle_api_{anybody(request).key.id}"


class PerAddress(SimpleRateThrottle):
    """So many calls a minute from one address that no key let in.

    Whoever has a key that works is never held up by others behind the same address.
    """

    scope = "api_address"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_CALLS_WITHOUT_KEY_PER_MINUTE}/m")

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle_api_without_key_{address_of(request)}"
