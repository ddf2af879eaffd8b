"""The API as a whole: what belongs to it, how it refuses, and what its description says."""

from typing import Any

from ninja import NinjaAPI, Router
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from linkstar.api import (
    attributing,
    benchmark_building,
    benchmarks,
    books,
    campaigns,
    collaborations,
    commissions,
    creator_files,
    creators,
    deciding,
    disputes,
    exchange_rates,
    figures,
    imports,
    installation,
    invitations,
    keeping,
    localisation,
    market_campaigns,
    me,
    members,
    negotiations,
    notices,
    offers,
    open_products,
    orders,
    own_profile,
    payments,
    plans,
    product_files,
    products,
    profit,
    qualification,
    reviewing,
    samples,
    set_aside,
    settlements,
    shops,
    supports,
    tracking,
    verifying,
)
from linkstar.api.errors import Refused, refuse
from linkstar.api.throttling import PerKey

VERSION = "1"
ROOT = "/api/v1/"
DESCRIPTION = (
    "What LinkStar's pages show and do, for programs. Every call carries a key made under "
    "Settings > API keys. Amounts are in the smallest unit of their currency, rates in basis "
    "points, instants in UTC, days in the shop's zone, periods half-open."
)
REFUSED_WITH = {
    "401": "The key is missing or does not work.",
    "403": "The key, or whoever made it, may not do this.",
    "404": "There is no such thing for this caller.",
    "409": "It was done before, or somebody acted first.",
    "422": "What was sent cannot be taken; the answer names what and why.",
    "429": "The key calls too often; `Retry-After` says when to go on.",
}
ALSO_REFUSED_WITH_BODY = {
    "400": "The body could not be read as JSON.",
    "413": "The body is too big.",
}


class Api(NinjaAPI):
    """Ninja's, with one shape for refusals in the description as in the answers."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """All that is wrong, with what was found."""
        told = super().validation_error_from_error_contexts(error_contexts)
        found = [
            error["input"]
            for context in error_contexts
            for error in context.pydantic_validation_error.errors(include_url=False)
        ]
        for error, value in zip(told.errors, found, strict=True):
            error["input"] = value
        return told

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        """Where every address begins."""
        del path_params
        return ROOT

    def get_operation_url_name(self, operation: Operation, router: Router) -> str:
        """What an address is called among all addresses there are."""
        del router
        return f"api_v1_{operation.view_func.__name__}"

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """What generated clients call the operation."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, with what every call may be refused with."""
        schema = super().get_openapi_schema(**options)
        definitions = Refused.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema["components"].setdefault("schemas", {})
        schemas |= definitions.pop("$defs")
        schemas["Refused"] = definitions
        for operations in schema["paths"].values():
            for operation in operations.values():
                _add_refusals(operation)
        return schema


def _add_refusals(operation: dict[str, Any]) -> None:
    refused_with = REFUSED_WITH | (ALSO_REFUSED_WITH_BODY if "requestBody" in operation else {})
    for status, description in refused_with.items():
        operation["responses"].setdefault(
            status,
            {
                "description": description,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Refused"}}
                },
            },
        )


def made() -> Api:
    """The API with everything that belongs to it."""
    built = Api(
        title="LinkStar",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        throttle=PerKey(),
        urls_namespace="api",
    )
    refuse(built)
    for tag, router in (
        ("me", me.router),
        ("shops", shops.router),
        ("qualification", qualification.router),
        ("products", products.router),
        ("products", product_files.router),
        ("imports", imports.router),
        ("CTR uplift", figures.router),
        ("benchmarks", benchmarks.router),
        ("benchmarks", benchmark_building.router),
        ("tracking", tracking.router),
        ("lines set aside", set_aside.router),
        ("plans", plans.router),
        ("offers", offers.router),
        ("open plans", open_products.router),
        ("creators", creators.router),
        ("creators", creator_files.router),
        ("campaigns", campaigns.router),
        ("invitations", invitations.router),
        ("templates and searches", keeping.router),
        ("negotiations", negotiations.router),
        ("collaborations", collaborations.router),
        ("profile", own_profile.router),
        ("localisation", localisation.router),
        ("samples", samples.router),
        ("shooting support", supports.router),
        ("orders", orders.router),
        ("attribution", attributing.router),
        ("commissions", commissions.router),
        ("settlements", settlements.router),
        ("payments", payments.router),
        ("disputes", disputes.router),
        ("profit", profit.router),
        ("ledger", books.router),
        ("members", members.router),
        ("notices", notices.router),
        ("reviewing", reviewing.router),
        ("verifying creators", verifying.router),
        ("campaigns for all shops", market_campaigns.router),
        ("deciding disputes", deciding.router),
        ("health", installation.router),
        ("exchange rates", exchange_rates.router),
    ):
        built.add_router("", router, tags=[tag])
    return built


api = made()
