"""How often one key may call."""

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle

from linkstar.api.calling import caller_of


class PerKey(SimpleRateThrottle):
    """So many calls a minute for each key."""

    scope = "api_key"

    def __init__(self) -> None:
        super().__init__(f"{settings.API_CALLS_PER_MINUTE}/m")

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle_api_{caller_of(request).key.id}"
