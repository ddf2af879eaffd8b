"""The columns of a creator file: one row per creator."""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed

CREATORS = Layout(
    name="creators.list",
    kind=Kind.CREATORS,
    is_generic=True,
    day_order=None,
    columns=(
        needed(
            "creator",
            "creator",
            "creator username",
            "username",
            "handle",
            "creator handle",
            "tiktok handle",
            "account",
            "达人",
            "达人账号",
            "达人用户名",
            "账号",
            "用户名",
        ),
        column("creator_name", "creator name", "name", "nickname", "达人名称", "达人昵称", "昵称"),
        column("url", "url", "link", "profile link", "主页", "主页链接", "链接"),
        column("region", "region", "country", "location", "地区", "国家", "国家地区"),
        column("languages", "languages", "language", "语言"),
        column("categories", "categories", "category", "niche", "类目", "品类", "主推类目"),
        column("channel", "channel", "platform", "渠道", "平台"),
        column("followers", "followers", "follower count", "粉丝", "粉丝数", "粉丝量"),
        column("average_views", "average views", "avg views", "平均播放", "平均播放量", "均播"),
        column("engagement_ratio", "engagement rate", "engagement", "互动率"),
        column("women_ratio", "female", "female share", "women", "女性占比", "女粉占比"),
        column("men_ratio", "male", "male share", "men", "男性占比", "男粉占比"),
        column("age_18_24_ratio", "18-24", "age 18-24", "18-24岁"),
        column("age_25_34_ratio", "25-34", "age 25-34", "25-34岁"),
        column("age_35_44_ratio", "35-44", "age 35-44", "35-44岁"),
        column("age_45_54_ratio", "45-54", "age 45-54", "45-54岁"),
        column("age_55_ratio", "55+", "age 55+", "55岁以上"),
        column("currency", "currency", "货币", "币种"),
        column(
            "video_price_minor", "price per video", "video price", "rate", "price",
            "单条报价", "视频报价", "报价",
        ),
        column(
            "commission_bps_min", "commission", "commission rate", "minimum commission",
            "佣金", "佣金率", "最低佣金",
        ),
    ),
)  # fmt: skip
