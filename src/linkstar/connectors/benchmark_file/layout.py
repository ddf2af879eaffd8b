"""The columns of a benchmark file: one row per cell of the book."""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed

BENCHMARK = Layout(
    name="benchmark.cells",
    kind=Kind.BENCHMARK,
    is_generic=True,
    day_order=None,
    columns=(
        needed("market", "market", "市场"),
        needed("category", "category", "category path", "类目"),
        needed("definition", "definition", "口径", "定义"),
        needed("impressions", "impressions", "曝光", "曝光次数"),
        needed("clicks", "clicks", "点击", "点击次数"),
        column("period", "period", "周期"),
        column("starts_on", "starts on", "开始日期"),
        column("ends_before", "ends before"),
        column("ends_on", "ends on", "结束日期"),
        column("content_type", "content type", "内容类型"),
        column("channel", "channel", "渠道"),
        column("median", "median", "中位数"),
        column("p25", "p25"),
        column("p75", "p75"),
        column("shops", "shops", "店铺数"),
        column("creators", "creators", "达人数"),
        column("contents", "contents", "内容数"),
        column("source", "source", "来源"),
        column("licence", "licence", "license", "许可"),
    ),
)
