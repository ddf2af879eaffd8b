"""The collector's work, plainly written with FastAPI and Pydantic: durable, no group commit.

Like the collector it keeps what was understood, an event per line; bytes kept as they came would
let a later reader understand them otherwise.

JOURNAL=/tmp/journal uvicorn bench.beside.plain_fastapi:app
"""

import os
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
LINKS = {"aB3dE5fG7h12": "https://shop.example/1"}

app = FastAPI()
journal = os.open(os.environ["JOURNAL"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


class Event(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(min_length=1, max_length=64)
    kind: Literal["impression", "click", "order"]
    occurred_at: AwareDatetime
    link: str | None = Field(default=None, max_length=64)
    visitor: str | None = Field(default=None, max_length=64)
    agent: str | None = Field(default=None, max_length=500)


def keep(lines: bytes) -> None:
    os.write(journal, lines)
    os.fdatasync(journal)


def seen(kind: str, token: str, request: Request) -> None:
    event = Event(
        event_id=uuid4().hex,
        kind=kind,
        occurred_at=datetime.now(UTC),
        link=token,
        agent=request.headers.get("user-agent", "")[:500],
    )
    keep(event.model_dump_json().encode() + b"\n")


@app.get("/r/{token}")
async def follow(token: str, request: Request) -> Response:
    seen("click", token, request)
    return RedirectResponse(LINKS[token], status_code=302)


@app.get("/p/{token}.gif")
async def show(token: str, request: Request) -> Response:
    seen("impression", token, request)
    return Response(PIXEL, media_type="image/gif")


@app.post("/v1/events", status_code=202)
async def take(events: list[Event]) -> dict[str, int]:
    keep(b"".join(event.model_dump_json().encode() + b"\n" for event in events))
    return {"accepted": len(events)}
