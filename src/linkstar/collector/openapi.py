"""The collector for machines: its OpenAPI document, the shape of events taken from their type."""

from typing import Any

import msgspec

from linkstar.events.wire import CONTROL_CHARACTERS, WireEvent

_, SCHEMAS = msgspec.json.schema_components([WireEvent], ref_template="#/components/schemas/{name}")
NO_CONTROL_CHARACTERS = f"^[^{CONTROL_CHARACTERS}]*$"
for each in SCHEMAS["WireEvent"]["properties"].values():
    for one in each.get("anyOf", [each]):
        if one.get("type") == "string" and not one.keys() & {"pattern", "format"}:
            one["pattern"] = NO_CONTROL_CHARACTERS
EVENT = {"$ref": "#/components/schemas/WireEvent"}
RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds to wait"}}


def said(description: str, schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {
        "description": description,
        "content": {"application/json": {"schema": reference}},
    }


def for_people(answer: dict[str, Any]) -> dict[str, Any]:
    """The same, as a page for whoever asks with a browser."""
    page = {"text/html": {"schema": {"type": "string"}}}
    return {**answer, "content": {**answer["content"], **page}}


def plain_answer(description: str, media: str) -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": {"type": "string"}}}}


MISSED = {
    "429": {**said("asked for too many that are not there", "Error"), "headers": RETRY_AFTER},
}
KEPT = {
    "202": said("on disk; events that were refused are named by their index", "Kept"),
    "400": said("the body as a whole cannot be read", "Error"),
    "413": said("over 1 MiB as sent, or 8 MiB unpacked", "Error"),
    "422": said("readable, and every event in it was refused", "Kept"),
    "429": {**said("more than the shop's rate", "Error"), "headers": RETRY_AFTER},
    "503": {**said("nothing was kept; send the same again", "Error"), "headers": RETRY_AFTER},
}
ORDER = {
    "allOf": [
        EVENT,
        {
            "required": ["order_id", "value_minor", "currency"],
            "properties": {
                "kind": {"enum": ["order", "refund"]},
                "order_id": {"type": "string"},
                "value_minor": {"type": "integer"},
                "currency": {"type": "string"},
            },
        },
    ]
}


def body_of(event: dict[str, Any]) -> dict[str, Any]:
    events = {"type": "array", "items": event, "minItems": 1, "maxItems": 10_000}
    return {
        "description": (
            "An array, or lines with one event each. Whole numbers are written without a fraction."
        ),
        "required": True,
        "content": {
            "application/json": {"schema": events},
            "application/x-ndjson": {"schema": events},
        },
    }


TOKEN = {"type": "string", "pattern": "^[A-Za-z0-9]{8,16}$"}


def of_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def of_header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": schema}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "LinkStar collector", "version": "1"},
    "paths": {
        "/r/{token}": {
            "get": {
                "operationId": "follow_link",
                "summary": "Send a buyer on and count the click",
                "parameters": [
                    of_path("token", TOKEN),
                    {
                        "name": "s",
                        "in": "query",
                        "schema": {"type": "string"},
                        "description": "a signed sub-id; any other is ignored",
                    },
                ],
                "responses": {
                    "302": {"description": "to the destination, fixed when the link was made"},
                    "404": for_people(said("no such link, or it has run out", "Error")),
                    **MISSED,
                },
            }
        },
        "/p/{token}.gif": {
            "get": {
                "operationId": "show_pixel",
                "summary": "Count an impression",
                "parameters": [of_path("token", TOKEN)],
                "responses": {
                    "200": plain_answer("a transparent pixel", "image/gif"),
                    "404": said("no such link, or it has run out", "Error"),
                    **MISSED,
                    "503": {**said("not counted", "Error"), "headers": RETRY_AFTER},
                },
            }
        },
        "/v1/events": {
            "post": {
                "operationId": "send_events",
                "summary": "Send events with a write key",
                "description": (
                    "Send the same event_id and occurred_at on every retry: it counts once. "
                    "gzip is understood."
                ),
                "security": [{"write_key": []}, {"page_key": []}],
                "requestBody": body_of(EVENT),
                "responses": {
                    **KEPT,
                    "204": {"description": "the viewer's browser asks for privacy; nothing kept"},
                    "401": said("no such write key", "Error"),
                    "403": said("a page key used outside the shop's own hosts", "Error"),
                },
            }
        },
        "/v1/postback/{key_id}": {
            "post": {
                "operationId": "post_back",
                "summary": "Orders and refunds, signed as Standard Webhooks are",
                "parameters": [
                    of_path("key_id", {"type": "string", "pattern": "^[A-Za-z0-9_]{1,40}$"}),
                    of_header("webhook-id", {"type": "string", "minLength": 1, "maxLength": 128}),
                    of_header("webhook-timestamp", {"type": "string", "pattern": "^[0-9]{1,12}$"}),
                    of_header("webhook-signature", {"type": "string", "pattern": "^v1,.+$"}),
                ],
                "requestBody": body_of(ORDER),
                "responses": {**KEPT, "401": said("not signed, or not now", "Error")},
            }
        },
    },
    "components": {
        "securitySchemes": {
            "write_key": {"type": "http", "scheme": "bearer"},
            "page_key": {"type": "apiKey", "in": "query", "name": "key"},
        },
        "schemas": {
            **SCHEMAS,
            "Error": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"type": "string"}},
            },
            "RefusedEvent": {
                "type": "object",
                "required": ["index", "code", "detail"],
                "properties": {
                    "index": {"type": "integer", "minimum": 0},
                    "code": {
                        "enum": [
                            "invalid",
                            "not_json",
                            "too_long",
                            "control_character",
                            "kind_not_allowed",
                            "incomplete",
                        ]
                    },
                    "detail": {"type": "string"},
                },
            },
            "Kept": {
                "type": "object",
                "required": ["accepted", "refused"],
                "properties": {
                    "accepted": {"type": "integer", "minimum": 0},
                    "refused": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/RefusedEvent"},
                    },
                },
            },
        },
    },
}
