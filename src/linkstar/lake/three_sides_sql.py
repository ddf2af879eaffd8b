"""The questions behind `three_sides`, as text with the files of both tables to be filled in."""

from linkstar.lake.worth import WORTH_MINOR

_SIDES = f"""
WITH orders_stated AS (
    SELECT * REPLACE (coalesce(paid_minor, {WORTH_MINOR} - coalesce(abs(seller_discount_minor), 0)
            - coalesce(abs(platform_discount_minor), 0)) AS paid_minor),
        coalesce(nullif(sku_id, ''), product_id, line_id, '') AS line,
        CASE WHEN layout = 'tiktok.order_list' OR layout LIKE 'generic.%' AND creator IS NULL
            THEN 'orders' ELSE 'affiliates' END AS side,
        max((stated_on, import_id)) OVER (
            PARTITION BY shop, layout, subject, layout LIKE 'generic.%' AND creator IS NULL
            ) = (stated_on, import_id) AS is_newest
    FROM {{orders}} WHERE workspace = $workspace AND shop IN ({{shops}})
), orders_chosen AS (
    SELECT *, is_newest AND layout = first_value(layout) OVER (
        PARTITION BY shop, side, order_id, line
        ORDER BY is_newest DESC, layout <> 'tiktok.affiliate_orders', layout) AS is_counted
    FROM orders_stated
), income_chosen AS (
    SELECT *, max((stated_on, import_id)) OVER (
        PARTITION BY shop, layout, subject, coalesce(settled_on, settled_at::DATE)
        ) = (stated_on, import_id) AS is_counted
    FROM {{income}} WHERE workspace = $workspace AND shop IN ({{shops}})
)
"""

STATED_SQL = (
    _SIDES
    + """
SELECT side, count(*) AS stated, count(*) FILTER (NOT is_newest) AS replaced,
    count(*) FILTER (is_newest AND NOT is_counted) AS repeated,
    count(*) FILTER (is_counted) AS counted
FROM (
    SELECT side, is_newest, is_counted FROM orders_chosen
    UNION ALL SELECT 'income', is_counted, is_counted FROM income_chosen
) GROUP BY side ORDER BY side
"""
)

_ONE = "CASE WHEN count(currency) = count(*) AND min(currency) = max(currency) THEN {} END"


def _total(of: str) -> str:
    """A sum that is told only where every row tells it and all are of one currency."""
    return _ONE.format(f"CASE WHEN count({of}) = count(*) THEN sum({of}) END")


_GATHERED = f"""
, worded AS (
    SELECT o.*, coalesce(o.cancelled_at IS NOT NULL OR o.refunded_fully OR s.is_ended
            OR t.is_ended, false) AS is_ended,
        coalesce(o.commission_paid_at IS NOT NULL OR s.is_settled OR t.is_settled, false)
            AS is_settled,
        coalesce(o.ordered_on, o.ordered_at::DATE) AS day
    FROM orders_chosen AS o
    LEFT JOIN words AS s ON s.word = lower(trim(o.status)) AND s.platform = CASE
        WHEN o.layout LIKE 'tiktok.%' THEN 'tiktok' ELSE 'any' END
    LEFT JOIN words AS t ON t.word = lower(trim(o.settlement_status)) AND t.platform = CASE
        WHEN o.layout LIKE 'tiktok.%' THEN 'tiktok' ELSE 'any' END
    WHERE is_counted
), lines AS (
    SELECT side, shop, order_id, line, count(*) AS stated_rows, max(product_id) AS product_id,
        max(creator) AS creator, min(day) AS day, {_ONE.format("max(currency)")} AS currency,
        {_total("paid_minor")} AS minor,
        {_ONE.format("sum(coalesce(abs(platform_discount_minor), 0))")} AS discount_minor,
        sum(coalesce(items_refunded, 0) * coalesce(price_minor, 0)) AS returned_minor,
        sum(coalesce(abs(refunds_minor), 0)) AS refunded_minor,
        bool_and(is_ended) AS is_ended, bool_and(is_settled) AS is_settled,
        max(delivered_at)::DATE AS delivered_on, max(commission_paid_at)::DATE AS paid_on,
        {
    _total('''CASE WHEN is_settled THEN commission_minor + coalesce(ads_commission_minor, 0)
            ELSE coalesce(commission_estimated_minor, commission_minor)
                + coalesce(ads_commission_estimated_minor, 0) END''')
} AS commission_minor
    FROM worded GROUP BY ALL
), whole AS (
    SELECT side, shop, order_id, sum(stated_rows) AS stated_rows, max(product_id) AS product_id,
        max(creator) AS creator, min(day) AS day, {_ONE.format("max(currency)")} AS currency,
        {_total("minor")} AS minor, sum(discount_minor) AS discount_minor,
        bool_and(is_ended) AS is_ended, bool_and(is_settled) AS is_settled,
        max(delivered_on) AS delivered_on, max(paid_on) AS paid_on,
        {_total("commission_minor")} AS commission_minor
    FROM lines GROUP BY ALL
), placed AS (
    SELECT * FROM whole QUALIFY row_number() OVER (
        PARTITION BY shop, order_id ORDER BY side DESC) = 1
), known AS (
    SELECT shop, order_id, bool_or(is_settled) AS is_settled, bool_or(is_ended) AS is_ended,
        max(delivered_on) AS delivered_on, max(paid_on) AS paid_on, min(day) AS day
    FROM whole GROUP BY shop, order_id
), income AS (
    SELECT shop, coalesce(nullif(related_order_id, ''), line_id) AS order_id,
        count(*) AS stated_rows, {_ONE.format("max(currency)")} AS currency,
        {_total("revenue_minor")} AS revenue_minor,
        {_total("settlement_minor")} AS settlement_minor,
        {_total("fees_minor + coalesce(adjustment_minor, 0)")} AS charges_minor,
        {_ONE.format("sum(coalesce(refunds_minor, 0))")} AS refunds_minor,
        {
    _ONE.format('''CASE WHEN count(affiliate_commission_minor) + count(ads_commission_minor) > 0
            THEN -sum(coalesce(affiliate_commission_minor, 0)
                + coalesce(ads_commission_minor, 0)) END''')
} AS commission_minor,
        bool_and(lower(trim(kind)) NOT IN ('order', 'orders', '订单')
            AND coalesce(related_order_id, '') = '') AS is_charge,
        bool_or(coalesce(related_order_id, '') IN ('', line_id)) AS is_own,
        min(coalesce(ordered_on, ordered_at::DATE)) AS ordered_on,
        min(coalesce(settled_on, settled_at::DATE)) AS settled_on
    FROM income_chosen WHERE is_counted GROUP BY ALL
), files AS (
    SELECT side, shop, min(coalesce(ordered_on, ordered_at::DATE)) AS first_day,
        max(coalesce(ordered_on, ordered_at::DATE)) AS last_day
    FROM orders_stated GROUP BY side, shop, import_id
    UNION ALL
    SELECT 'income', shop, min(coalesce(settled_on, settled_at::DATE)),
        max(coalesce(settled_on, settled_at::DATE))
    FROM income_chosen GROUP BY shop, import_id
), days AS (
    SELECT DISTINCT side, shop, unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE
        AS day FROM files WHERE first_day IS NOT NULL
), last_income AS (SELECT shop, max(last_day) AS day FROM files WHERE side = 'income' GROUP BY shop)
"""

_PAIRS = """
, pairs AS (
    SELECT 'orders_affiliates' AS comparison, coalesce(l.shop, r.shop) AS shop,
        coalesce(l.day, r.day) AS day, coalesce(l.order_id, r.order_id) AS order_id,
        coalesce(l.line, r.line) AS line, coalesce(r.product_id, l.product_id) AS product_id,
        r.creator, l.stated_rows AS left_rows, l.currency AS left_currency, l.minor AS left_minor,
        r.stated_rows AS right_rows, r.currency AS right_currency, r.minor AS right_minor,
        'orders' AS left_side, 'affiliates' AS right_side,
        coalesce(l.day, r.day) AS left_day, coalesce(l.day, r.day) AS right_day,
        coalesce(l.is_ended, false) OR coalesce(r.is_ended, false) AS is_ended,
        abs(l.minor - r.minor) IN (l.returned_minor, r.returned_minor, l.refunded_minor,
            r.refunded_minor) OR (l.is_ended OR r.is_ended) AND least(l.minor, r.minor) = 0
            AS is_refund,
        false AS is_fee,
        abs(l.minor - r.minor) = greatest(l.discount_minor, r.discount_minor) AS is_discount,
        false AS is_charge
    FROM (FROM lines WHERE side = 'orders') AS l
    FULL JOIN (FROM lines WHERE side = 'affiliates') AS r USING (shop, order_id, line)
    UNION ALL
    SELECT 'orders_income', coalesce(l.shop, r.shop), coalesce(l.day, r.ordered_on, r.settled_on),
        coalesce(l.order_id, r.order_id), '', l.product_id, l.creator, l.stated_rows, l.currency,
        l.minor, r.stated_rows, r.currency, r.revenue_minor, 'orders', 'income',
        coalesce(l.day, r.ordered_on), k.paid_on, coalesce(k.is_ended, false),
        l.minor + r.refunds_minor = r.revenue_minor
            OR l.minor + l.discount_minor + r.refunds_minor = r.revenue_minor
            OR k.is_ended AND r.revenue_minor = 0,
        false, l.minor + l.discount_minor = r.revenue_minor, coalesce(r.is_charge, false)
    FROM placed AS l FULL JOIN income AS r USING (shop, order_id)
    LEFT JOIN known AS k ON k.shop = coalesce(l.shop, r.shop)
        AND k.order_id = coalesce(l.order_id, r.order_id)
    UNION ALL
    SELECT 'commission', coalesce(l.shop, r.shop), coalesce(l.day, r.ordered_on, r.settled_on),
        coalesce(l.order_id, r.order_id), '', l.product_id, l.creator, l.stated_rows, l.currency,
        l.commission_minor, r.stated_rows, r.currency, r.commission_minor, 'affiliates', 'income',
        coalesce(l.day, r.ordered_on), k.paid_on, coalesce(k.is_ended, false),
        k.is_ended AND r.commission_minor = 0, false, false, coalesce(r.is_charge, false)
    FROM (FROM whole WHERE side = 'affiliates') AS l
    FULL JOIN (FROM income WHERE commission_minor <> 0 OR commission_minor = 0 AND is_own
        AND (shop, order_id) IN (SELECT (shop, order_id) FROM whole WHERE side = 'affiliates')) AS r
        USING (shop, order_id)
    LEFT JOIN known AS k ON k.shop = coalesce(l.shop, r.shop)
        AND k.order_id = coalesce(l.order_id, r.order_id)
    UNION ALL
    SELECT 'income_payout', shop, coalesce(ordered_on, settled_on), order_id, '', NULL, NULL,
        stated_rows, currency, revenue_minor, stated_rows, currency, settlement_minor, 'income',
        'income', settled_on, settled_on, false, false,
        revenue_minor + charges_minor = settlement_minor, false, is_charge
    FROM income
)
SELECT comparison, p.shop, p.day, p.order_id, line, product_id, creator,
    coalesce(left_rows, 0) AS left_rows, left_currency, left_minor,
    coalesce(right_rows, 0) AS right_rows, right_currency, right_minor,
    left_rows IS NOT NULL AS has_left, right_rows IS NOT NULL AS has_right,
    (left_rows IS NULL OR left_minor IS NOT NULL)
        AND (right_rows IS NULL OR right_minor IS NOT NULL) AS is_amount_known,
    coalesce(left_currency = right_currency, false) AS is_currency_same,
    coalesce(left_minor = right_minor, false) AS is_amount_same,
    coalesce(left_day, right_day) IS NOT NULL AS is_day_known,
    EXISTS (FROM days AS d WHERE d.side = left_side AND d.shop = p.shop AND d.day = left_day)
        AS has_left_file,
    EXISTS (FROM days AS d WHERE d.side = right_side AND d.shop = p.shop AND d.day = right_day)
        AS has_right_file,
    p.is_ended, coalesce(is_refund, false) AS is_refund, coalesce(is_fee, false) AS is_fee,
    coalesce(is_discount, false) AS is_discount,
    coalesce(k.is_settled, false) AS is_settled,
    coalesce(k.delivered_on + h.days < i.day, false) AS is_overdue, is_charge
FROM pairs AS p
LEFT JOIN known AS k ON k.shop = p.shop AND k.order_id = p.order_id
LEFT JOIN holds AS h ON h.shop = p.shop
LEFT JOIN last_income AS i ON i.shop = p.shop
WHERE p.day IS NULL OR ($starts_on::DATE IS NULL OR p.day >= $starts_on::DATE)
    AND ($ends_before::DATE IS NULL OR p.day < $ends_before::DATE)
ORDER BY comparison, p.shop, p.day, p.order_id, line
"""

COMPARED_SQL = _SIDES + _GATHERED + _PAIRS
