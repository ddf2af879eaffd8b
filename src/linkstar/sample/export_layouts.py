"""The columns of the platform's export files that the sample writes: header, description, cell."""

from collections.abc import Callable, Sequence

from linkstar.sample.export_figures import Content

Line = tuple[str, str]  # header and its description row
NOTHING = "--"


def money(amount: float) -> str:
    return f"${amount:,.2f}"


def percent(part: float, whole: float) -> str:
    return f"{part / whole:.2%}" if whole else NOTHING


def each(amount: float, many: int) -> str:
    return money(amount / many) if many else NOTHING


def _video_link(one: Content) -> str:
    return f"https://www.tiktok.com/@{one.creator}/video/{one.content_id}"


VIDEO_PERFORMANCE: Sequence[tuple[str, str, Callable[[Content], str]]] = (
    ("Video title", "Title of the video", lambda v: v.title),
    ("Video ID", "Unique ID of the video", lambda v: v.content_id),
    ("Post date", "Day the video was posted", lambda v: f"{v.posted_on:%m/%d/%Y}"),
    ("Video link", "Address of the video", _video_link),
    ("Creator name", "Username of the creator", lambda v: v.creator),
    ("Product ID", "Products shown in the video", lambda v: v.product_id),
    ("Creator video-attributed GMV", "Paid for attributed orders", lambda v: money(v.counts.gmv)),
    ("Video-attributed orders", "Attributed orders", lambda v: str(v.counts.orders)),
    ("AOV", "GMV per order", lambda v: each(v.counts.gmv, v.counts.orders)),
    ("Avg. GMV per customer", "GMV per buyer", lambda v: each(v.counts.gmv, v.counts.orders)),
    ("Video-attributed items sold", "Items sold", lambda v: str(v.counts.orders)),
    ("Refunds", "Refunded amount", lambda v: money(v.counts.refunds)),
    ("Items refunded", "Refunded items", lambda v: str(v.counts.refunded_items)),
    ("Est. commission", "Estimated commission", lambda v: money(v.counts.commission)),
    ("Est. flat fee", "Estimated flat fee", lambda _: NOTHING),
    ("Video views", "Times the video was played", lambda v: str(v.views)),
    ("Likes", "Likes", lambda v: str(v.likes)),
    ("Comments", "Comments", lambda v: str(v.comments)),
    ("Shares", "Shares", lambda v: str(v.shares)),
    ("Video product impressions", "Times a product was shown", lambda v: str(v.counts.impressions)),
    ("Video product clicks", "Times a product was clicked", lambda v: str(v.counts.clicks)),
    ("Completion rate", "Plays to the end", lambda v: f"{v.completion_ratio:.2%}"),
    ("CTR", "Clicks per impression", lambda v: percent(v.counts.clicks, v.counts.impressions)),
    ("Engagement", "(likes + shares + comments) / views",
     lambda v: percent(v.likes + v.shares + v.comments, v.views)),
    ("Video GPM", "GMV per thousand views", lambda v: each(v.counts.gmv * 1000, v.views)),
)  # fmt: skip

COMPASS_VIDEO: Sequence[tuple[str, Callable[[Content], str]]] = (
    ("达人昵称", lambda v: v.creator_name),
    ("达人ID", lambda v: v.creator),
    ("视频信息", lambda v: v.title),
    ("视频ID", lambda v: v.content_id),
    ("发布时间", lambda v: f"{v.posted_on:%Y/%m/%d}"),
    ("达人所在国家/地区", lambda _: "US"),
    ("商品", lambda v: v.product_name),
    ("VV", lambda v: str(v.views)),
    ("点赞数", lambda v: str(v.likes)),
    ("评论数", lambda v: str(v.comments)),
    ("分享数", lambda v: str(v.shares)),
    ("新增粉丝数", lambda v: str(v.likes // 40)),
    ("引流次数", lambda _: NOTHING),
    ("商品曝光次数", lambda v: str(v.counts.impressions)),
    ("商品点击次数", lambda v: str(v.counts.clicks)),
    ("去重客户数", lambda v: str(v.counts.orders)),
    ("归因 SKU 订单数", lambda v: str(v.counts.orders)),
    ("视频 SKU 订单数", lambda v: str(v.counts.orders)),
    ("视频间接 SKU 订单数", lambda _: "0"),
    ("视频归因成交件数", lambda v: str(v.counts.orders)),
    ("视频商品成交件数", lambda v: str(v.counts.orders)),
    ("视频间接成交件数", lambda _: "0"),
    ("视频归因 GMV ($)", lambda v: f"{v.counts.gmv:.2f}"),
    ("视频 GMV ($)", lambda v: f"{v.counts.gmv:.2f}"),
    ("视频间接 GMV ($)", lambda _: "0"),
    ("GPM ($)", lambda v: f"{v.counts.gmv * 1000 / v.views:.2f}" if v.views else NOTHING),
    ("点击率（视频）", lambda v: percent(v.counts.clicks, v.counts.impressions)),
    ("引流率", lambda _: NOTHING),
    ("视频完播率", lambda v: f"{v.completion_ratio:.2%}"),
    ("CTOR（SKU 订单）", lambda v: percent(v.counts.orders, v.counts.clicks)),
    ("诊断", lambda _: NOTHING),
)  # fmt: skip

TRANSACTION_ANALYSIS: Sequence[Line] = (
    ("Product name", "Name of the product"),
    ("Product ID", "Unique ID of the product"),
    ("Product category", "Category of the product"),
    ("Creator-attributed GMV", "Paid for attributed orders"),
    ("Refunds", "Refunded amount"),
    ("Creator-attributed items sold", "Items sold"),
    ("Items refunded", "Refunded items"),
    ("Attributed orders", "Attributed orders"),
    ("Videos", "Videos with the product"),
    ("LIVE streams", "LIVEs with the product"),
    ("Est. commission", "Estimated commission"),
    ("Samples shipped", "Samples sent to creators"),
    ("Est. flat fee", "Estimated flat fee"),
    ("Videos with sales", "Videos that sold"),
    ("LIVE streams with sales", "LIVEs that sold"),
    ("Creators posted content", "Creators who posted"),
    ("Creators with sales", "Creators who sold"),
    ("Customers", "Buyers"),
    ("Total sample content", "Contents with samples"),
    ("Product impressions", "Times the product was shown"),
    ("Product clicks", "Times the product was clicked"),
    ("CTOR", "Orders per click"),
    ("CTR", "Clicks per impression"),
)

CREATOR_PERFORMANCE: Sequence[Line] = (
    ("Creator name", "Username of the creator"),
    ("Creator-attributed GMV", "Paid for attributed orders"),
    ("Refunds", "Refunded amount"),
    ("Attributed orders", "Attributed orders"),
    ("Creator-attributed items sold", "Items sold"),
    ("Items refunded", "Refunded items"),
    ("AOV", "GMV per order"),
    ("Videos", "Videos posted"),
    ("LIVE streams", "LIVEs held"),
    ("Est. commission", "Estimated commission"),
    ("Samples shipped", "Samples sent to the creator"),
    ("Est. flat fee", "Estimated flat fee"),
    ("Creator video-attributed GMV", "GMV from videos"),
    ("Creator LIVE-attributed GMV", "GMV from LIVEs"),
    ("Affiliate product card-attributed GMV", "GMV from product cards"),
    ("CTOR", "Orders per click"),
    ("CTR", "Clicks per impression"),
    ("Total sample content", "Contents with samples"),
    ("Products added to showcase", "Products in the showcase"),
    ("Product impressions", "Times a product was shown"),
    ("Video views", "Times the videos were played"),
    ("Customers", "Buyers"),
    ("Products sold", "Products that sold"),
)
