"""The names by which columns of anybody's order list are recognised; others are mapped once.

A row is one line of an order: how many of what, at which price. A quantity below nothing says that
so many came back.
"""

from linkstar.connectors.reading.layouts import Kind, Layout, column, needed, private

ORDER_LINES = Layout(
    name="generic.order_lines",
    kind=Kind.ORDER_LINES,
    is_generic=True,
    day_order=None,
    one_of=(("sku_id", "product_id", "line_id"), ("price_micros", "paid_minor")),
    columns=(
        needed(
            "order_id", "order id", "order", "order no", "order number", "invoice no",
            "invoice number", "invoice", "订单号", "订单编号", "订单ID", "单号",
        ),
        needed(
            "quantity", "quantity", "qty", "items", "units", "数量", "件数", "下单件数", "商品数量",
        ),
        needed(
            "ordered_at", "ordered at", "order time", "order date", "created at", "created time",
            "invoice date", "下单时间", "订单时间", "创建时间", "下单日期",
        ),
        column("line_id", "line id", "line", "line no", "line number", "行号", "订单行号"),
        column(
            "sku_id", "sku", "sku id", "stock code", "item code", "article", "variant id",
            "SKU编码", "货号", "商品编码",
        ),
        column("product_id", "product id", "product", "商品ID"),
        column("product_name", "product name", "description", "商品名称", "品名"),
        column("category", "category", "product category", "类目", "商品类目"),
        column("price_micros", "unit price", "price", "item price", "单价", "商品单价", "价格"),
        column(
            "paid_minor", "amount paid", "paid amount", "line total", "line amount", "实付金额",
            "行金额", "支付金额",
        ),
        column("currency", "currency", "货币", "币种", "货币单位"),
        column("seller_discount_minor", "seller discount", "discount", "商家优惠", "优惠金额"),
        column("platform_discount_minor", "platform discount", "平台优惠"),
        column("tax_minor", "tax", "vat", "税费", "税额"),
        column("shipping_minor", "shipping", "shipping fee", "运费"),
        column("items_refunded", "returned", "items returned", "退货件数"),
        column("refunds_minor", "refunded amount", "refunds", "退款金额"),
        column("creator", "creator", "creator username", "handle", "达人", "达人用户名"),
        column("creator_name", "creator name", "达人名称", "达人昵称"),
        column("content_id", "content id", "video id", "live id", "内容ID", "视频ID", "直播ID"),
        column("content_type", "content type", "内容类型", "内容形式"),
        column("promo_code", "promo code", "coupon code", "discount code", "优惠码", "折扣码"),
        column("commission_bps", "commission rate", "佣金率"),
        column("channel", "channel", "platform", "渠道", "平台"),
        column("market", "market", "市场", "市场代码"),
        column("shop", "shop", "shop id", "shop name", "店铺", "店铺ID", "店铺名称"),
        column("status", "status", "order status", "state", "订单状态", "状态"),
        column("paid_at", "paid at", "payment time", "paid time", "支付时间", "付款时间"),
        column("shipped_at", "shipped at", "shipped time", "发货时间"),
        column("delivered_at", "delivered at", "delivered time", "送达时间", "签收时间"),
        column("cancelled_at", "cancelled at", "cancelled time", "取消时间"),
        *private(
            "customer", "customer id", "customer name", "customer no", "customer number",
            "customer email", "buyer", "buyer id", "buyer name", "buyer username", "buyer message",
            "recipient", "ship to", "bill to", "first name", "last name", "full name", "email",
            "e-mail", "phone", "phone #", "phone number", "mobile", "telephone", "address",
            "address line 1", "address line 2", "street", "city", "zip", "zip code", "postcode",
            "postal code", "tracking id", "tracking number", "ip", "ip address",
            "客户", "客户ID", "客户姓名", "买家", "买家ID", "买家昵称", "买家姓名", "买家留言",
            "收件人", "收货人", "姓名", "手机", "手机号", "电话", "邮箱", "地址", "收货地址",
            "城市", "邮编", "运单号", "快递单号",
        ),
    ),
)  # fmt: skip
