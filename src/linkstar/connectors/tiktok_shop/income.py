"""Income and settlement statements: one row per order or adjustment, charges as columns.

The platform's own misspelling `Ajustment amount` is in real files.
"""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed, unused

INCOME_STATEMENT = Layout(
    name="tiktok.income_statement",
    kind=Kind.INCOME_LINES,
    sheet_names=("Order details", "Order Details"),
    fixed={"channel": "tiktok"},
    columns=(
        needed("line_id", "Order/adjustment ID", "Order/adjustment ID  "),
        needed("kind", "Type"),
        column("ordered_at", "Order created time(UTC)", "Order created time", "Order created date"),
        needed(
            "settled_at",
            "Order settled time(UTC)",
            "Order settled time",
            "Order settled date",
            "Statement date",
        ),
        needed("currency", "Currency"),
        needed("settlement_minor", "Total settlement amount"),
        needed("revenue_minor", "Total revenue"),
        column(
            "refunds_minor",
            "Refund subtotal after seller discounts",
            "Refund subtotal after seller discount",
        ),
        needed("fees_minor", "Total fees"),
        column(
            "platform_commission_minor",
            "TikTok Shop commission fee",
            "Platform commission fee",
            "Referral fee",
        ),
        column("payment_fee_minor", "Payment fee", "Transaction fee"),
        column("shipping_minor", "Shipping cost", "Shipping costs"),
        column("affiliate_commission_minor", "Affiliate commission", "Affiliate Commission"),
        column("partner_commission_minor", "Affiliate partner commission"),
        column(
            "ads_commission_minor",
            "Affiliate Shop Ads commission",
            "Affiliate Partner shop ads commission",
        ),
        needed("adjustment_minor", "Ajustment amount", "Adjustment amount"),
        column("related_order_id", "Related order ID"),
        *unused(
            "Subtotal after seller discounts",
            "Subtotal before discounts",
            "Seller discounts",
            "Refund subtotal before seller discounts",
            "Refund of seller discounts",
            "Flat fee",
            "Sales fee",
            "Pre-Order Service Fee",
            "Mall service fee",
            "SFP service fee",
            "Affiliate commission deposit",
            "Affiliate commission refund",
            "Customer payment",
            "Customer refund",
            "Seller co-funded voucher discount",
            "Platform discounts",
            "Refund of platform discounts",
            "Order Source",
        ),
    ),
)

LAYOUTS = (INCOME_STATEMENT,)
