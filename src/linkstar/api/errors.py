"""Every refusal in one shape: a name to act upon, a sentence to read, and what was wrong where."""

import json
import logging
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from linkstar.api.refusals import REFUSALS
from linkstar.api.shapes import plain
from linkstar.api.wrong_values import Wrong, wrong_values

logger = logging.getLogger("linkstar.api")


class WrongValue(Schema):
    """One value that was not as it has to be."""

    field: str
    expected: str
    found: str | None = None


class Refusal(Schema):
    """Why nothing was done. `code` is stable; `message` is in the language that was asked for."""

    code: str
    message: str
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    others: list[WrongValue] | None = None
    details: dict[str, Any] | None = None


class Refused(Schema):
    """The one shape of everything that is not done."""

    error: Refusal


def answer(refusal: Refusal, status: int) -> HttpResponse:
    """A refusal as it is sent; what it does not say is left out."""
    said = Refused(error=refusal).model_dump(mode="json", exclude_none=True)
    return HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type="application/json"
    )


def not_found(request: HttpRequest) -> HttpResponse:
    """Nothing of this kind is there for this caller: another company's thing is not there."""
    del request
    message = _("There is no such thing, or it is not yours.")
    return answer(Refusal(code="NotFound", message=message), HTTPStatus.NOT_FOUND)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address is there, but not with this method."""
    refusal = Refusal(
        code="MethodNotAllowed",
        message=_("This address does not take %(method)s.") % {"method": request.method},
        expected=allowed,
        found=request.method,
    )
    response = answer(refusal, HTTPStatus.METHOD_NOT_ALLOWED)
    response.headers["Allow"] = allowed
    return response


def refuse(api: NinjaAPI) -> None:
    """Have every refusal there is answered in the one shape."""
    for kind in REFUSALS:
        api.add_exception_handler(kind, _by_name)
    api.add_exception_handler(Http404, lambda request, _exception: not_found(request))
    api.add_exception_handler(ValidationError, _wrong)
    api.add_exception_handler(AuthenticationError, _without_key)
    api.add_exception_handler(Throttled, _too_often)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(Exception, _unexpected)


def _by_name(request: HttpRequest, refused: Any) -> HttpResponse:
    del request
    known = next(REFUSALS[kind] for kind in type(refused).__mro__ if kind in REFUSALS)
    details = {name: plain(value) for name, value in vars(refused).items() if value is not None}
    refusal = Refusal(
        code=type(refused).__name__,
        message=known.sentence(refused),
        field=known.field or None,
        details=details or None,
    )
    return answer(refusal, known.status)


def _wrong(request: HttpRequest, refused: Any) -> HttpResponse:
    """Values of the wrong kind: the first in full, the others beside it."""
    del request
    first, *others = wrong_values(refused.errors)
    refusal = Refusal(
        code="Invalid",
        message=_("“%(field)s” should be %(expected)s.")
        % {"field": first.field, "expected": first.expected},
        field=first.field,
        expected=first.expected,
        found=first.found,
        others=[_told(one) for one in others] or None,
    )
    return answer(refusal, HTTPStatus.UNPROCESSABLE_ENTITY)


def _told(wrong: Wrong) -> WrongValue:
    return WrongValue(field=wrong.field, expected=wrong.expected, found=wrong.found)


def _without_key(request: HttpRequest, refused: Any) -> HttpResponse:
    del request, refused
    refusal = Refusal(
        code="ApiKeyMissing",
        message=_("Send your key in the header “Authorization: Bearer …”."),
        field="Authorization",
        expected="Bearer ls_api_…",
    )
    return answer(refusal, HTTPStatus.UNAUTHORIZED)


def _too_often(request: HttpRequest, refused: Any) -> HttpResponse:
    del request
    return called_too_often(refused.wait)


def called_too_often(wait_seconds: float | None) -> HttpResponse:
    """The same key, or without one the same address, called more often than it may."""
    wait = max(1, ceil(wait_seconds or 1))
    message = _("These are too many calls. Go on in %(seconds)s seconds.") % {"seconds": wait}
    response = answer(Refusal(code="TooManyCalls", message=message), HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(wait)
    return response


def _unreadable(request: HttpRequest, refused: Any) -> HttpResponse:
    del request
    refusal = Refusal(
        code="BodyUnreadable",
        message=_("The body could not be read as JSON."),
        field="body",
        expected="JSON",
    )
    return answer(refusal, refused.status_code)


def _too_big(request: HttpRequest, refused: Any) -> HttpResponse:
    del request, refused
    message = _("The body is too big. Send less at a time.")
    return answer(Refusal(code="BodyTooBig", message=message), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _unexpected(request: HttpRequest, fault: Any) -> HttpResponse:
    """A fault of ours: all of it goes into the log, nothing of it to the caller."""
    logger.error("%s %s failed", request.method, request.path, exc_info=fault)
    message = _("Something went wrong here that should not have; nothing was done.")
    return answer(Refusal(code="Unexpected", message=message), HTTPStatus.INTERNAL_SERVER_ERROR)
