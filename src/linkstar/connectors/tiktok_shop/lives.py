"""Affiliate Center: performance of creators' LIVEs, descriptions in row 2."""

from linkstar.connectors.reading.layouts import DayOrder, Kind, Layout, column, needed, unused

LIVE_PERFORMANCE = Layout(
    name="tiktok.live_performance",
    kind=Kind.PERFORMANCE,
    level="content",
    fixed={"content_type": "live", "channel": "tiktok"},
    columns=(
        column("content_title", "LIVE title", "直播标题"),
        needed("content_id", "LIVE ID", "直播 ID"),
        column("posted_on", "LIVE start time", "开播时间", "直播开始时间", day_order=DayOrder.MDY),
        needed("creator", "Creator name", "达人名称"),
        column("product_ids", "Product ID", "商品 ID"),
        needed(
            "gmv_minor",
            "Creator LIVE-attributed GMV",
            "Affiliate LIVE-attributed GMV",
            "达人直播归因 GMV",
            "联盟直播归因 GMV",
        ),
        column("orders", "LIVE-attributed orders", "直播归因订单数"),
        column("items", "LIVE-attributed items sold", "直播归因成交件数"),
        column("refunds_minor", "Refunds", "退款金额"),
        column("items_refunded", "Items refunded"),
        column("commission_minor", "Est. commission", "预计佣金"),
        needed("product_impressions", "LIVE product impressions", "直播商品曝光次数"),
        needed("product_clicks", "Product clicks", "商品点击次数", "直播商品点击次数"),
        column("stated_ctr_ratio", "CTR", "点击率"),
        column("likes", "Likes", "点赞数"),
        column("comments", "Comments", "评论数"),
        column("shares", "Shares", "分享次数"),
        *unused(
            "LIVE end time",
            "AOV",
            "Avg. GMV per customer",
            "Impressions",
            "Tap-through rate",
            "Show GPM",
            "LIVE product viewers",
            "Avg. viewing duration",
        ),
    ),
)

LAYOUTS = (LIVE_PERFORMANCE,)
