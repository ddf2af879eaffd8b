"""Calls that change something are done once, however often they arrive.

The caller names each by an `Idempotency-Key`. The answer is kept in the transaction that does the
thing, so that there is one with the other. What was refused is not kept and may be tried again.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from ninja import Schema
from ninja.params.models import Header
from ninja.utils import contribute_operation_args
from pydantic import Field

from linkstar.accounts.remembering import claim
from linkstar.api.calling import Seller, anybody, now
from linkstar.api.shapes import Text

Answer = TypeVar("Answer", bound=Schema)
NameOfCall = Annotated[Text, Field(min_length=1, max_length=255)]
ARGUMENT = "idempotency_key"
HEADER = Header(
    ...,
    alias="Idempotency-Key",
    description="Your own name for this call, new for each thing you want done. Sent again with "
    "the same body within 30 days, the call does nothing and tells the first answer again.",
)


def once(operation: Callable[..., Answer]) -> Callable[..., Any]:
    """Do what the operation does at most once per name, in one transaction."""

    @wraps(operation)
    def done_once(request: HttpRequest, **arguments: Any) -> Any:
        name = arguments.pop(ARGUMENT)
        caller = anybody(request)
        is_seller = isinstance(caller, Seller)
        with transaction.atomic():
            kept = claim(
                workspace=caller.workspace if isinstance(caller, Seller) else None,
                user=None if is_seller else caller.user,
                name=name,
                digest=digest_of_call(request),
                now=now(),
            )
            if kept.answer is not None:
                request.is_repeated = True  # type: ignore[attr-defined]  # told in a header
                return kept.answer
            answer = operation(request, **arguments)
            kept.answer = answer.model_dump(mode="json")
            kept.save(update_fields=["answer"])
        return answer

    contribute_operation_args(done_once, ARGUMENT, NameOfCall, HEADER)
    return done_once


def digest_of_call(request: HttpRequest) -> str:
    """Everything that was asked: the method, the address with its question, the body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for field, values in request.POST.lists():
        digest.update(json.dumps([field, values]).encode())
    for field, files in request.FILES.lists():
        for file in files:
            digest.update(json.dumps([field, file.name, file.size]).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
