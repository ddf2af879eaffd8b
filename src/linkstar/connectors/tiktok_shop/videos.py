"""Affiliate Center: performance of creators' videos, header in row 1, descriptions in row 2."""

from linkstar.connectors.reading.layouts import DayOrder, Kind, Layout, column, needed, unused

VIDEO_PERFORMANCE = Layout(
    name="tiktok.video_performance",
    kind=Kind.PERFORMANCE,
    level="content",
    fixed={"content_type": "video", "channel": "tiktok"},
    columns=(
        column("content_title", "Video title", "视频标题"),
        needed("content_id", "Video ID", "视频 ID"),
        column("posted_on", "Post date", "发布日期", "Video post date", day_order=DayOrder.MDY),
        column("content_url", "Video link", "视频链接"),
        needed("creator", "Creator name", "达人名称", "Creator username", "达人用户名"),
        column("product_ids", "Product ID", "商品 ID"),
        needed(
            "gmv_minor",
            "Creator video-attributed GMV",
            "Affiliate video-attributed GMV",
            "达人视频归因 GMV",
            "联盟视频归因 GMV",
        ),
        column(
            "orders",
            "Video-attributed orders",
            "Creator video-attributed orders",
            "归因于视频的订单数",
        ),
        column("items", "Video-attributed items sold", "视频归因成交件数"),
        column("refunds_minor", "Refunds", "退款金额"),
        column("items_refunded", "Items refunded", "已退款的商品件数"),
        column("commission_minor", "Est. commission", "预计佣金"),
        column("flat_fee_minor", "Est. flat fee", "预计固定费用"),
        column("video_views", "Video views", "视频播放量"),
        column("likes", "Likes", "点赞数"),
        column("comments", "Comments", "评论数"),
        column("shares", "Shares", "分享次数"),
        needed("product_impressions", "Video product impressions", "视频商品曝光次数"),
        needed("product_clicks", "Video product clicks", "视频商品点击量", "视频商品点击次数"),
        column("stated_completion_ratio", "Completion rate", "完播率"),
        column("stated_ctr_ratio", "CTR", "商品点击率", "点击率"),
        *unused(
            "AOV",
            "平均订单金额",
            "Avg. GMV per customer",
            "客单价",
            "Engagement",
            "互动率",
            "Video GPM",
            "视频千次曝光成交金额",
        ),
    ),
)

OLDER_VIDEO_PERFORMANCE = Layout(
    name="tiktok.video_performance_older",
    kind=Kind.PERFORMANCE,
    level="content",
    fixed={"content_type": "video", "channel": "tiktok"},
    columns=(
        column("content_title", "Video name", "视频名称"),
        needed("content_url", "Video link", "视频链接"),
        column("posted_on", "Video post date", "视频发布日期", day_order=DayOrder.MDY),
        needed("creator", "Creator username", "达人用户名"),
        column("items", "Affiliate items sold", "联盟成交件数"),
        needed("gmv_minor", "Affiliate shoppable video GMV", "联盟带货视频 GMV"),
        column("commission_minor", "Est. commission", "预计佣金"),
        column("flat_fee_minor", "Est. flat fee", "预计固定费用"),
        column("orders", "Affiliate orders", "联盟订单量"),
        # Showings of the video, not of its product link: no denominator of a product CTR.
        needed("video_views", "Shoppable video impressions", "带货视频曝光次数"),
        column("stated_ctr_ratio", "Affiliate CTR", "联盟点击率"),
        column("items_refunded", "Affiliate items refunded", "已退款的联盟商品数"),
        column("refunds_minor", "Affiliate refunded GMV", "联盟已退款的 GMV"),
        column("comments", "Shoppable video comments", "带货视频评论数"),
        column("likes", "Shoppable video likes", "带货视频点赞数"),
        *unused(
            "GMV",
            "Shoppable video avg. order value",
            "带货视频平均订单金额",
            "Shoppable video GPM",
            "带货视频千次曝光成交金额",
        ),
    ),
)

LAYOUTS = (VIDEO_PERFORMANCE, OLDER_VIDEO_PERFORMANCE)
