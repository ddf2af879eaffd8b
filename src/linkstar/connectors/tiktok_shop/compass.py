"""Data Compass: videos and LIVEs of creators, a banner with the days covered above the header,
the currency in the headers of amounts."""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed, unused

COMPASS_VIDEOS = Layout(
    name="tiktok.compass_videos",
    kind=Kind.PERFORMANCE,
    level="content",
    fixed={"content_type": "video", "channel": "tiktok"},
    columns=(
        column("creator_name", "Creator name", "达人昵称"),
        needed("creator", "Creator ID", "达人ID"),
        column("content_title", "Video Info", "视频信息"),
        needed("content_id", "Video ID", "视频ID"),
        column("posted_on", "Time", "发布时间"),
        column("product_ids", "Products", "商品"),
        needed("video_views", "VV"),
        column("likes", "Likes", "点赞数"),
        column("comments", "Comments", "评论数"),
        column("shares", "Shares", "分享数"),
        column("new_followers", "New followers", "新增粉丝数"),
        needed("product_impressions", "Product Impressions", "商品曝光次数"),
        needed("product_clicks", "Product Clicks", "商品点击次数"),
        column("customers", "Unique customers", "Buyers", "Customers", "去重客户数"),
        column(
            "orders", "Orders", "视频成交订单数", "归因 SKU 订单数", "视频 SKU 订单数"
        ),
        column(
            "items", "Video items sold", "Unit Sales", "视频归因成交件数", "视频商品成交件数"
        ),
        needed(
            "gmv_minor",
            "Shoppable video attributed GMV",
            "归因于带货视频的 GMV",
            "视频归因 GMV",
            "Gross merchandise value (Video)",
            "GMV（视频）",
            "Video Revenue",
            "视频 GMV",
        ),
        column("stated_ctr_ratio", "Click-through rate", "CTR", "点击率（视频）", "点击率"),
        column("stated_completion_ratio", "Video Finish Rate", "视频完播率"),
        *unused(
            "达人所在国家/地区",
            "V-to-L clicks",
            "引流次数",
            "视频间接 SKU 订单数",
            "视频间接成交件数",
            "视频间接 GMV",
            "GPM",
            "V-to-L rate",
            "引流率",
            "Click-to-order rate",
            "CTOR",
            "CTOR（SKU 订单）",
            "诊断",
            "Diagnosis",
        ),
    ),
)

COMPASS_LIVES = Layout(
    name="tiktok.compass_lives",
    kind=Kind.PERFORMANCE,
    level="content",
    fixed={"content_type": "live", "channel": "tiktok"},
    columns=(
        needed("creator", "达人ID", "Creator ID"),
        column("creator_name", "昵称", "Nickname"),
        column("content_title", "达人信息", "Creator info"),
        needed("live_started_at", "开播时间", "LIVE start time"),
        needed("gmv_minor", "直播归因 GMV", "LIVE-attributed GMV"),
        column("orders", "支付订单数", "Paid orders"),
        column("items", "直播归因成交件数", "LIVE-attributed items sold"),
        column("customers", "去重客户数", "Unique customers"),
        column("live_views", "观看人次", "Views"),
        column("comments", "评论次数", "Comments"),
        column("shares", "分享次数", "Shares"),
        column("likes", "直播点赞数", "LIVE likes"),
        column("new_followers", "新粉丝数（达人视频）", "New followers"),
        needed("product_impressions", "商品曝光次数", "Product impressions"),
        needed("product_clicks", "商品点击次数", "Product clicks"),
        column("stated_ctr_ratio", "曝光点击率", "CTR"),
        *unused(
            "直播时长",
            "直播 GMV",
            "直播间接 GMV",
            "添加商品数",
            "动销商品数",
            "已创建的订单数",
            "直播商品成交件数",
            "直播间接成交件数",
            "件单价",
            "点击成交转化率",
            "累计观看人数",
            "人均观看时长（直播）",
        ),
    ),
)

LAYOUTS = (COMPASS_VIDEOS, COMPASS_LIVES)
