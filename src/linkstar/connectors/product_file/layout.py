"""The columns of a product file: one row per product, or per variant of one."""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed

PRODUCTS = Layout(
    name="catalogue.products",
    kind=Kind.PRODUCTS,
    is_generic=True,
    day_order=None,
    columns=(
        needed("product_id", "product id", "商品ID", "商品编号"),
        column("product_name", "product name", "product title", "商品名称", "商品标题"),
        column("category", "category", "product category", "category path", "类目", "商品类目"),
        column("brand", "brand", "品牌", "商品品牌"),
        column("price_minor", "price", "retail price", "sku price", "价格", "商品价格", "售价"),
        column("currency", "currency", "货币", "币种", "货币单位"),
        column("tags", "tags", "labels", "标签"),
        column("image_url", "image", "image url", "main image", "图片", "主图", "图片链接"),
        column("landing_page", "landing page", "product url", "product link", "落地页", "商品链接"),
        column("sku_id", "sku id", "SKU编号"),
        column("seller_sku", "seller sku", "商家SKU", "卖家SKU"),
        column("sku_name", "variant", "variation", "sku name", "规格", "变体"),
    ),
)

TEMPLATES = {
    "en": (
        "Product ID", "Product name", "Category", "Brand", "Price", "Currency", "Tags", "Image",
        "Landing page", "SKU ID", "Seller SKU", "Variant",
    ),
    "zh": (
        "商品ID", "商品名称", "类目", "品牌", "价格", "货币", "标签", "图片", "落地页", "SKU ID",
        "商家SKU", "规格",
    ),
}  # fmt: skip
"""Headers of an empty file to fill in, by language."""
