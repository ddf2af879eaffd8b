"""A right question for every operation: what stands behind the question mark, and the body."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.app.catalog.papers import pdf

FIGURES = b"market,category,definition,impressions,clicks\nUS,beauty,product_impressions,9000,200\n"
FIGURES_SAID = {
    "source_name": "Trade fair", "licence": "CC BY 4.0", "starts_on": "2026-08-03",
    "ends_before": "2026-08-31",
}  # fmt: skip


def bodies(things: Mapping[str, Any]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """By operation: what stands behind the question mark, and the body."""
    return {name: (asked, {}) for name, asked in questions(things).items()} | {
        name: ({}, body)
        for name, body in (
            *shop_bodies(things).items(),
            *recruiting_bodies(things).items(),
            *order_bodies(things).items(),
            *company_bodies(things).items(),
            *profile_bodies().items(),
            *staff_bodies().items(),
        )
    }


def uploads(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What operations that take files are sent as a form."""
    table = SimpleUploadedFile("table.csv", b"who,shown,tapped\nada,20000,600\n")
    paper = SimpleUploadedFile("proof.pdf", pdf())
    return {
        "hand_in_file": {"shop_id": things["shop_id"], "file": table},
        "add_paper": {"kind": "business_licence", "file": paper},
        "add_evidence": {"text": "See the receipt.", "files": [paper]},
        "import_product_file": {
            "shop_id": things["shop_id"],
            "file": SimpleUploadedFile("products.csv", b"product_id,product_name\nnew,New\n"),
        },
        "import_creator_file": {
            "currency": "USD",
            "file": SimpleUploadedFile("creators.csv", b"handle,followers\ndi,5000\n"),
        },
        "import_benchmark_file": FIGURES_SAID
        | {"file": SimpleUploadedFile("figures.csv", FIGURES)},
    }


def questions(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "uplift_segments": {"dimension": "channel"},
        "uplift_change": {"compared_from": "2026-08-01", "compared_before": "2026-08-29"},
        "profit_accounts": {"starts_on": "2026-08-01", "ends_before": "2026-09-01"},
        "profit_table": {"starts_on": "2026-08-01", "ends_before": "2026-09-01"},
        "ledger_postings": {"path": "asset:bank", "currency": "USD"},
        "why_rate": {"shop_id": things["shop_id"], "creator": "ada", "product": "serum"},
    }


def shop_bodies(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    shop = {"shop_id": things["shop_id"]}
    today = timezone.now().date()
    later = (today + timedelta(days=3)).isoformat()
    return {
        "make_shop": {"name": "Second"},
        "edit_shop": {"name": "Renamed"},
        "make_product": shop | {"external_id": "new"},
        "edit_product": {"brand": "Glow"},
        "edit_products": {"product_ids": [things["product_id"]], "add_tags": ["new"]},
        "put_sku": {"external_id": "sku"},
        "correct_line": {"line": "{}", "why": "A test."},
        "replay_line": {},
        "dismiss_line": {"why": "A test."},
        "replay_lines": {"reason": "link_unknown"},
        "dismiss_lines": {"reason": "link_unknown", "why": "A test."},
        "make_link": shop | {"destination": "https://shop.example/2"},
        "allow_host": shop | {"host": "other.example"},
        "remove_host": shop | {"host": "shop.example", "links": 1},
        "make_plan": shop
        | {
            "name": "Serum", "scope": "product", "product_id": things["product_id"],
            "rate_bps": 2_000, "starts_on": later,
        },
        "change_plan": {"rate_bps": 1_800, "starts_on": later},
        "name_creators": {"creators": ["ada"], "starts_on": later},
        "release_creators": {"creators": ["ada"]},
        "grant_incentive": shop
        | {
            "kind": "boost", "bonus_bps": 100, "funded_by": "seller", "starts_on": later,
            "ends_before": (today + timedelta(days=9)).isoformat(), "creator": "ada",
        },
        "offer_package": shop
        | {"name": "Ten", "videos": 10, "days": 30, "price": {"minor": 9, "currency": "USD"}},
        "simulate_plan": {"rate_bps": 1_800, "starts_on": later},
    }  # fmt: skip


def terms() -> dict[str, Any]:
    today = timezone.now().date()
    return {
        "rate_bps": 1_500,
        "starts_on": (today + timedelta(days=9)).isoformat(),
        "ends_before": (today + timedelta(days=60)).isoformat(),
    }


def recruiting_bodies(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    shop = {"shop_id": things["shop_id"]}
    products = {"product_ids": [things["product_id"]]}
    creators = {"creator_ids": [things["creator_id"]]}
    ends = timezone.now() + timedelta(days=5)
    return {
        "note_creator": {"text": "Quick to answer."},
        "make_creator_list": {"name": "Second"},
        "add_creators": creators,
        "remove_creators": creators,
        "make_campaign": shop
        | products
        | {"title": "Spring", "terms": terms(), "signup_ends_at": ends.isoformat()},
        "change_campaign": {"places": 3},
        "state_outreach": {"tier": "2", "weekly_limit": 400},
        "apply_to_campaign": {"message": "I would love to."},
        "select_application": {},
        "plan_invitations": shop | products | creators,
        "send_invitations": shop | products | creators | {"terms": terms(), "text": "Hi {creator}"},
        "counter_invitation": {"terms": terms()},
        "propose_terms": shop
        | products
        | {"creator_id": things["creator_id"], "terms": terms()},
        "counter_terms": {"number": 1, "terms": terms()},
        "accept_terms": {"number": 1},
        "withdraw_terms": {"number": 1},
        "agree_collaboration": shop
        | products
        | {"creator_id": things["creator_id"], "terms": terms()},
        "cancel_collaboration": {"reason": "No time."},
        "post_message": {"text": "Hello"},
        "make_collaboration_link": {
            "product_id": things["product_id"], "destination": "https://shop.example/3",
        },
        "submit_deliverable": {"url": "https://www.tiktok.com/@ada/1", "content_id": "1"},
        "return_deliverable": {"reason": "Too dark."},
        "cancel_deliverable": {"reason": "Not needed."},
        "request_sample": {"product_id": things["product_id"], "address": "1 Main St"},
        "reject_sample": {"reason": "Sold out."},
        "make_open_link": {"destination": "https://shop.example/toner"},
        "tick_localisation": {"item": "captions"},
        "request_support": {"kind": "props", "text": "A mirror"},
        "approve_support": {"cost": {"minor": 500, "currency": "USD"}},
        "reject_support": {"reason": "Not this time."},
        "ship_sample": {
            "carrier": "UPS", "tracking_number": "1Z",
            "cost": {"minor": 500, "currency": "USD"},
            "shipping": {"minor": 300, "currency": "USD"},
        },
    }  # fmt: skip


def order_bodies(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    shop, at = {"shop_id": things["shop_id"]}, timezone.now().isoformat()
    line = {"order_id": "o2", "line_id": "1", "ordered_at": at, "items": 1, "price_micros": 10**7}
    refund = {"key": "r1", "order_id": "o1", "line_id": "1", "happened_at": at, "items": 1}
    return {
        "state_order_lines": shop | {"lines": [line]},
        "state_refunds": shop | {"refunds": [refund]},
        "give_code": shop | {"code": "new10", "creator": "ada", "starts_on": at[:10]},
        "decide_line": {"reason": "A test."},
        "hear_line_again": {"reason": "A test."},
        "read_notifications": {},
    }


def company_bodies(things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    said = {"text": "This is not right."}
    return {
        "open_dispute": said | {"commission_id": things["amount_id"]},
        "dispute_deliverable": said,
        "answer_dispute": said,
        "say_dispute": said,
        "appeal_dispute": said,
        "build_benchmark": {"starts_on": "2026-08-03", "ends_before": "2026-08-31"},
        "state_qualification": {"company_name": "Lin's"},
        "submit_qualification": {"steps_taken": 0},
        "withdraw_qualification": {"steps_taken": 0},
        "enable_service": {"accepted_version": "2026-01-01", "default_rate_bps": 1_000},
        "change_service": {"default_rate_bps": 1_000},
        "state_payments": {"payments": [{"id": "pay_1", "state": "paid"}]},
        "role_member": {"role": "viewer"},
        "invite_member": {"email": "new@example.com", "role": "viewer"},
    }


def profile_bodies() -> dict[str, dict[str, Any]]:
    text = {"name": "Second", "language": "en", "text": "Hi {creator}"}
    price = {"kind": "video", "price": {"minor": 9_900, "currency": "USD"}}
    women = {"dimension": "gender", "value": "female", "share_bps": 6_000}
    return {
        "change_profile": {"name": "Ada", "region": "US", "languages": ["en"]},
        "bind_channel_profile": {"channel": "tiktok", "stated_handle": "@ada.tries"},
        "unbind_channel_profile": {"channel_id": 2**40},
        "audience_profile": {"shares": [women]},
        "rates_profile": {"prices": [price]},
        "consent_profile": {"is_given": True},
        "make_template": text,
        "change_template": text | {"name": "Third"},
        "save_search": {"name": "Serum", "filters": {"q": "serum"}},
    }


def staff_bodies() -> dict[str, dict[str, Any]]:
    seen, why = {"steps_taken": 1}, {"reason": "The scan cannot be read."}
    ends = (timezone.now() + timedelta(days=5)).isoformat()
    return {
        "approve_review": seen,
        "send_back_review": seen | why,
        "suspend_review": seen | why,
        "lift_review": seen,
        "verify_profile_review": {"how": "bio_code"},
        "return_profile_review": why,
        "suspend_profile_review": why,
        "state_exchange_rate": {"base": "USD", "quote": "CNY", "rate": "6.9"},
        "decide_dispute_case": {"outcome": "creator", "text": "The content was live."},
        "change_market_campaign": {"places": 3},
        "make_market_campaign": {"title": "Summer", "terms": terms(), "signup_ends_at": ends},
    }
