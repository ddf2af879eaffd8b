"""The page of an error nobody foresaw. It asks neither records nor store: they may have failed."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

from linkstar.web.session_pages import theme_of

NUMBER_BYTES = 4

logger = logging.getLogger(__name__)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Says so in the reader's language, with a number that finds the reason in the server's log."""
    number = secrets.token_hex(NUMBER_BYTES)
    logger.error("The error below was told as %s.", number)
    told = {
        "number": number,
        "theme": theme_of(request),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    return HttpResponseServerError(render_to_string("500.html", told))
