"""Invented rows under the real headers of every export layout.

    python -m tests.golden.exports

writes them to `tests/golden/exports/`. Creators, products and figures are made up; headers, banners,
description rows and ways of writing values are those of the platform's files.
"""

# ruff: noqa: E501  # headers stay on the lines they would have in a file
import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).parent / "exports"
ADA_VIDEO, BO_VIDEO = "7312345678901234567", "7312345678901234568"
SERUM, BRUSH = "1729384756123456789", "1729384756123456790"
SKU = "1729384756000000001"


def split(header: str) -> list[str]:
    return next(csv.reader([header]))


@dataclass(frozen=True)
class Export:
    """One file: what stands above the header, the header, its descriptions, the rows.

    `rows` name only the cells that matter; all others are `--`.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Mapping[str, object]]
    above: Sequence[Sequence[str]] = ()
    described: bool = False
    sheet: str = "Sheet1"
    other_sheets: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def table(self) -> list[list[object]]:
        told = [[f"What {name.strip()} means" for name in self.header]] if self.described else []
        data = [[row.get(name, "--") for name in self.header] for row in self.rows]
        return [*map(list, self.above), list(self.header), *told, *data]

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if path.suffix == ".xlsx":
            self._write_workbook(path)
        else:
            with path.open("w", encoding=self.encoding, newline="") as file:
                writer = csv.writer(file, delimiter=self.delimiter, lineterminator="\r\n")
                writer.writerows(self.table())
        return path

    def _write_workbook(self, path: Path) -> None:
        with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:
            book.set_properties({"created": dt.datetime(2026, 7, 22)})
            for name, rows in {**self.other_sheets, self.sheet: self.table()}.items():
                sheet = book.add_worksheet(name)
                for at, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        sheet.write(at, column, cell)


VIDEO_25 = split(
    "Video title,Video ID,Post date,Video link,Creator name,Product ID,Creator video-attributed GMV,"
    "Video-attributed orders,AOV,Avg. GMV per customer,Video-attributed items sold,Refunds,"
    "Items refunded,Est. commission,Est. flat fee,Video views,Likes,Comments,Shares,"
    "Video product impressions,Video product clicks,Completion rate,CTR,Engagement,Video GPM"
)
VIDEO_EN_18 = split(
    'Video name,Video link,Video post date,Creator username,GMV,"Affiliate items sold ",'
    "Affiliate shoppable video GMV,Shoppable video avg. order value,Est. commission,Est. flat fee,"
    "Affiliate orders,Shoppable video impressions,Affiliate CTR,Shoppable video GPM,"
    "Affiliate items refunded,Affiliate refunded GMV,Shoppable video comments,Shoppable video likes"
)
VIDEO_ZH_18 = split(
    "视频名称,视频链接,视频发布日期,达人用户名,GMV,联盟成交件数,联盟带货视频 GMV,带货视频平均订单金额,预计佣金,"
    "预计固定费用,联盟订单量,带货视频曝光次数,联盟点击率,带货视频千次曝光成交金额,已退款的联盟商品数,"
    "联盟已退款的 GMV,带货视频评论数,带货视频点赞数"
)
VIDEO_ZH_20 = split(
    "视频标题,视频 ID,发布日期,视频链接,达人名称,商品 ID,联盟视频归因 GMV,归因于视频的订单数,视频归因成交件数,"
    "退款金额,点赞数,评论数,分享次数,视频商品曝光次数,视频商品点击量,完播率,视频播放量,商品点击率,"
    "视频千次曝光成交金额,预计佣金"
)
COMPASS_ZH_31 = split(
    "达人昵称,达人ID,视频信息,视频ID,发布时间,达人所在国家/地区,商品,VV,点赞数,评论数,分享数,新增粉丝数,引流次数,"
    "商品曝光次数,商品点击次数,去重客户数,归因 SKU 订单数,视频 SKU 订单数,视频间接 SKU 订单数,视频归因成交件数,"
    "视频商品成交件数,视频间接成交件数,视频归因 GMV ($),视频 GMV ($),视频间接 GMV ($),GPM ($),点击率（视频）,"
    "引流率,视频完播率,CTOR（SKU 订单）,诊断"
)
COMPASS_EN_24 = split(
    "Creator name,Creator ID,Video Info,Video ID,Time,Products,VV,Likes,Comments,Shares,New followers,"
    "V-to-L clicks,Product Impressions,Product Clicks,Unique customers,Orders,Video items sold,"
    "Gross merchandise value (Video) ($),GPM ($),Shoppable video attributed GMV ($),"
    "Click-through rate,V-to-L rate,Video Finish Rate,Click-to-order rate"
)
COMPASS_ZH_20 = split(
    "达人昵称,达人ID,视频信息,视频ID,发布时间,商品,VV,点赞数,评论数,分享数,新增粉丝数,引流次数,商品曝光次数,"
    "商品点击次数,去重客户数,视频成交订单数,视频商品成交件数,GMV（视频） ($),GPM ($),归因于带货视频的 GMV ($)"
)
CREATOR_23 = split(
    "Creator name,Creator-attributed GMV,Refunds,Attributed orders,Creator-attributed items sold,"
    "Items refunded,AOV,Videos,LIVE streams,Est. commission,Samples shipped,Est. flat fee,"
    "Creator video-attributed GMV,Creator LIVE-attributed GMV,"
    "Affiliate product card-attributed GMV,CTOR,CTR,Total sample content,Products added to showcase,"
    "Product impressions,Video views,Customers,Products sold"
)
CREATOR_AVERAGES = [
    {
        "Products added to showcase": "Avg.daily products added to showcase",
        "Customers": "Avg. daily customers",
        "Products sold": "Avg. daily products sold",
    }.get(name, name)
    for name in CREATOR_23
]
CREATOR_BEFORE_2026 = [
    {
        "Creator-attributed GMV": "Affiliate-attributed GMV",
        "Creator-attributed items sold": "Affiliate-attributed items sold",
        "Creator video-attributed GMV": "Affiliate video-attributed GMV",
    }.get(name, name)
    for name in CREATOR_23
]
CREATOR_EN_24 = split(
    "Creator username,Affiliate GMV,Affiliate LIVE GMV,Affiliate shoppable video GMV,"
    "Affiliate product card GMV,Affiliate products sold,Items sold,Est. commission,Est. flat fee,"
    "Avg. order value,Affiliate product showcase,Affiliate orders,CTR,Product impressions,"
    "Avg. affiliate customers,Affiliate LIVE streams,Affiliate shoppable videos,"
    "Target collaboration GMV,Target collaboration est. commission,Open collaboration GMV,"
    "Open collaboration est. commission,Affiliate refunded GMV,Affiliate items refunded,"
    "Affiliate followers"
)
CREATOR_ZH_24 = split(
    "达人用户名,联盟 GMV,联盟直播 GMV,联盟带货视频 GMV,联盟商品卡 GMV,联盟商品成交件数,成交件数,预计佣金,"
    "预计固定费用,平均订单金额,联盟橱窗商品数,联盟订单量,点击率,商品曝光次数,平均联盟客户数,联盟直播数,"
    "联盟带货视频数,定向合作 GMV,定向合作预计佣金,公开合作 GMV,公开合作预计佣金,联盟已退款的 GMV,"
    "已退款的联盟商品数,联盟粉丝数"
)
TRANSACTION_23 = split(
    "Product name,Product ID,Product category,Creator-attributed GMV,Refunds,"
    "Creator-attributed items sold,Items refunded,Attributed orders,Videos,LIVE streams,"
    "Est. commission,Samples shipped,Est. flat fee,Videos with sales,LIVE streams with sales,"
    "Creators posted content,Creators with sales,Customers,Total sample content,"
    "Product impressions,Product clicks,CTOR,CTR"
)
TRANSACTION_EN_17 = split(
    "Product name,Product ID,Product category,Creator-attributed GMV,Refunds,"
    "Creator-attributed items sold,Items refunded,Attributed orders,Avg. daily customers,"
    "Avg. daily creators with sales,Avg. daily creators posted content,"
    "Avg. daily videos with sales,Avg. daily LIVE streams with sales,Videos,LIVE streams,"
    "Est. commission,Samples shipped"
)
TRANSACTION_ZH_17 = split(
    "商品名称,商品 ID,商品类目,达人归因 GMV,退款金额,达人归因成交件数,已退款的商品件数,归因订单数,日均客户数,"
    "日均活跃达人数,已发布内容的日均达人数,日均有销售的视频数,日均直播场次,视频数,直播数,预计佣金,已发货样品数"
)
PRODUCT_44 = split(
    "Product Name,Product ID,GMV range,Listing status,VoC diagnosis,GMV,Seller LIVE-attributed GMV,"
    "Seller video-attributed GMV,Creator-attributed GMV,Creator LIVE-attributed GMV,"
    "Affiliate video-attributed GMV,Seller product card GMV,Orders,SKU orders,Items sold,"
    "Est. customers,AOV (SKU orders),Product impressions,Product clicks,CTR,Add-to-cart count,"
    "Add-to-cart rate,CTOR (SKU order),Unique product impressions,Unique clicks,Unique CTR,"
    "Add-to-cart users,Unique ATC rate,Unique CTOR (SKU order),GMV with tax,Tax,"
    "Gross merchandise value (with TikTok co-funding),Shipping fees,Refunds,Items refunded,"
    "Refund customers,Shop tab product impressions,Shop tab product clicks,"
    "Unique Shop tab product clicks,Est. Shop tab customers,Shop tab CTR,Shop tab CTOR (SKU),"
    "Shop tab GMV,Shop tab items sold"
)
PRODUCT_LIST_ZH = split(
    "ID,商品,状态,GMV,成交件数,订单数,商城页 GMV,商城商品成交件数,商城页发品曝光次数,商城页面浏览次数,"
    "商城页去重商品客户数,商城点击率,商城转化率,视频归因 GMV,视频归因成交件数,视频曝光次数,来自视频的页面浏览次数,"
    "视频去重商品客户数,视频点击率,视频转化率,商品卡归因 GMV,商品卡点击率,商品卡转化率,直播归因 GMV,直播点击率,"
    "直播转化率"
)
LIVE_25 = split(
    "LIVE title,LIVE ID,LIVE start time,LIVE end time,Creator name,Product ID,"
    "Creator LIVE-attributed GMV,LIVE-attributed orders,LIVE-attributed items sold,AOV,Refunds,"
    "Items refunded,Est. commission,Avg. GMV per customer,LIVE product impressions,Product clicks,"
    "CTR,Impressions,Tap-through rate,Show GPM,LIVE product viewers,Avg. viewing duration,Likes,"
    "Comments,Shares"
)
COMPASS_LIVE_28 = split(
    "达人ID,达人信息,昵称,开播时间,直播时长,直播归因 GMV,直播 GMV,直播间接 GMV,添加商品数,动销商品数,已创建的订单数,"
    "支付订单数,直播归因成交件数,直播商品成交件数,直播间接成交件数,去重客户数,件单价,点击成交转化率,累计观看人数,"
    "观看人次,人均观看时长（直播）,评论次数,分享次数,直播点赞数,新粉丝数（达人视频）,商品曝光次数,商品点击次数,"
    "曝光点击率"
)
ORDERS_30 = split(
    "Order ID,Product ID,Product Name,SKU ID,Price,Payment Amount,Currency,Quantity,"
    "Fully returned or refunded,Payment method,Order Status,Creator Username,Content Type,"
    "Content ID,commission model,Standard commission rate,Est. Commission Base,"
    "Est. standard commission payment,Actual Commission Base,Actual Commission Payment,"
    "Shop Ads commission rate,Est. Shop Ads commission payment,Actual Shop Ads commission payment,"
    "Est. co-funded creator bonus,Actual co-funded creator bonus,Time Created,Payment time,"
    "Order Delivery Time,Time Commission Paid,Platform"
)
ORDERS_31 = [*ORDERS_30[:12], "Creator Region", *ORDERS_30[12:]]
ORDERS_ZH_30 = split(
    "订单 ID,商品 ID,商品名称,SKU ID,商品价格,支付金额,货币单位,下单件数,已全部退货或全额退款,付款方式,订单状态,"
    "达人用户名,内容形式,内容ID,commission model,标准佣金率,预估计佣金额,预计标准佣金付款,实际计佣金额,实际佣金,"
    "店铺广告佣金率,预计店铺广告佣金付款,实际店铺广告佣金付款,预估合资达人奖金,实际合资达人奖金,创建时间,支付时间,"
    "订单送达时间,佣金结算时间,平台"
)
PARTNER_ORDERS = split(
    "Order ID,SKU ID,Creator Username,Product ID,Product Name,Price,Quantity,"
    "Fully returned or refunded,Shop name,Shop code,Partner campaign ID,Order type,"
    "Order settlement status,Content Type,Carousel,Content ID,Currency,Commission GMV,"
    "Standard affiliate partner commission rate,Est. base commission,"
    "Est. affiliate partner commission,Standard creator affiliate commission rate,"
    "Est. creator commission,Attribution type,Time Created,Time order delivered,Payment ID,"
    "Payment Status"
)
PARTNER_REPORT = split(
    "Date,Comparison date,Campaign ID,Campaign name,Campaign duration,Creator name,"
    "Creator follower count,Product ID,Product name,Shop code,Shop ID,Shop name,Video ID,Post time,"
    "Level 1 category,Level 2 category,Affiliate video-attributed GMV,"
    "Creator video-attributed orders,Estimated affiliate partner commission,"
    "Actual affiliate partner commission,Duration,Video views,Video likes,Video product RPM,"
    "Creator-attributed items sold"
)
MCN_REPORT = split(
    "Date,Creator username,Creator follower count,Product ID,Product info,Shop ID,Shop name,"
    "Level 1 category,Level 2 category,Creator-attributed GMV,Creator live-attributed GMV,"
    "Affiliate video-attributed GMV,Direct GMV,Creator-attributed orders,"
    "Creator-attributed items sold"
)
CREATOR_ORDERS = split(
    "Order ID,SKU ID,Product name,Product ID,Price,Items sold,Items refunded,Shop name,Shop code,"
    "Affiliate partner,Agency,Currency,Order type,Order settlement status,Indirect,Commission type,"
    "Content Type,Content ID,Standard,Shop ads,TikTok bonus,Partner bonus,Revenue sharing portion,"
    "GMV,Est. commission base,Est. standard commission,Est. Shop Ads commission,Est. Bonus,"
    "Est. Affiliate partner bonus,Est. IVA,Est. ISR,Est. PIT,Est. revenue sharing portion,"
    "Actual commission base,Standard commission,Shop Ads commission,Bonus,Affiliate partner bonus,"
    "Tax - ISR,Tax - IVA,Tax - PIT,Shared with partner,Total final earned amount,Order date,"
    "Commission settlement date"
)
INCOME = split(
    "Order/adjustment ID,Type,Order created time(UTC),Order settled time(UTC),Currency,"
    "Total settlement amount,Total revenue,Subtotal after seller discounts,"
    "Subtotal before discounts,Seller discounts,Refund subtotal after seller discounts,"
    "Refund subtotal before seller discounts,Refund of seller discounts,Total fees,"
    "TikTok Shop commission fee,Flat fee,Sales fee,Payment fee,Shipping cost,Affiliate commission,"
    "Affiliate partner commission,Affiliate Shop Ads commission,Ajustment amount,Related order ID,"
    "Customer payment,Customer refund,Seller co-funded voucher discount,Platform discounts,"
    "Order Source"
)
ORDER_LIST = split(
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,SKU ID,"
    "Seller SKU,Product Name,Variation,Quantity,Sku Quantity of return,SKU Unit Original Price,"
    "SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,"
    "SKU Subtotal After Discount,Shipping Fee After Discount,Original Shipping Fee,"
    "Shipping Fee Seller Discount,Shipping Fee Platform Discount,Payment platform discount,"
    "Retail Delivery Fee,Taxes,Order Amount,Order Refund Amount,Created Time,Paid Time,RTS Time,"
    "Shipped Time,Delivered Time,Cancelled Time,Cancel By,Cancel Reason,Fulfillment Type,"
    "Warehouse Name,Tracking ID,Delivery Option Type,Delivery Option,Shipping Provider Name,"
    "Buyer Message,Buyer Username,Recipient,Phone #,Country,State,City,Zipcode,Detail Address,"
    "Additional address information,House Name or Number,Delivery Instruction,Payment Method,"
    "Weight(kg),Product Category,Package ID,Seller Note,Shipping Information"
)
SHOP_DAILY = split(
    "Date,GMV,Orders,Customers,Items sold,Items canceled and returned,Items refunded,AOV,SKU orders,"
    "Gross merchandise value (with TikTok co-funding),LIVE-attributed GMV,"
    "Creator LIVE-attributed GMV,Linked account LIVE-attributed GMV,Product card GMV,"
    "Video-attributed GMV,Creator video-attributed GMV,Linked account video-attributed GMV,"
    "GMV (with tax),Tax,Shipping fees,Page views,Visitors,Conversion rate,Product impressions,"
    "Unique product impressions,Product clicks,Unique clicks"
)
ADS_CREATIVES = split(
    "广告计划名称,Campaign ID,Product ID,Creative type,视频标题,Video ID,TikTok account,Time posted,Status,"
    "Authorization type,成本,SKU 订单数,平均下单成本,总收入,ROI,Product ad impressions,Product ad clicks,"
    "Product ad click rate,Ad conversion rate,2-second ad video view rate,Currency"
)

VIDEO_ROWS = (
    {
        "Video title": "Morning routine, with serum",
        "Video ID": ADA_VIDEO,
        "Post date": "08/03/2026",
        "Video link": f"https://www.tiktok.com/@ada/video/{ADA_VIDEO}",
        "Creator name": "ada",
        "Product ID": f"{SERUM},{BRUSH}",
        "Creator video-attributed GMV": "$1,234.56",
        "Video-attributed orders": "41",
        "Video-attributed items sold": "43",
        "Refunds": "$12.00",
        "Items refunded": "1",
        "Est. commission": "$185.18",
        "Video views": "123,045",
        "Likes": "1,204",
        "Comments": "31",
        "Shares": "17",
        "Video product impressions": "131,635",
        "Video product clicks": "4,505",
        "Completion rate": "12.5%",
        "CTR": "3.42%",
    },
    {
        "Video ID": BO_VIDEO,
        "Creator name": "bo",
        "Creator video-attributed GMV": "$0.00",
        "Video-attributed orders": "0",
        "Video views": "303",
        "Video product impressions": "14",
        "Video product clicks": "28",
        "Completion rate": "9.1%",
        "CTR": "200%",
    },
)
OLD_VIDEO = {
    "Video name": "Serum, honestly",
    "Video link": f"https://www.tiktok.com/@ada/video/{ADA_VIDEO}",
    "Video post date": "07/03/2025",
    "Creator username": "ada",
    "GMV": "$310.00",
    "Affiliate items sold ": "12",
    "Affiliate shoppable video GMV": "$300.00",
    "Est. commission": "$45.00",
    "Affiliate orders": "11",
    "Shoppable video impressions": "20,878",
    "Affiliate CTR": "4.53%",
    "Shoppable video likes": "80",
}
ZH_18 = dict(zip(VIDEO_EN_18, VIDEO_ZH_18, strict=True))
VIDEO_ZH = {
    "视频标题": "早晨护肤",
    "视频 ID": ADA_VIDEO,
    "发布日期": "08/03/2026",
    "达人名称": "ada",
    "商品 ID": SERUM,
    "联盟视频归因 GMV": "US$1.2万",
    "归因于视频的订单数": "410",
    "视频商品曝光次数": "13.1万",
    "视频商品点击量": "4505",
    "视频播放量": "12.3万",
    "商品点击率": "3.42%",
    "完播率": "12%",
    "预计佣金": "US$1,800.00",
}
COMPASS_ROW = {
    "达人昵称": "爱达",
    "达人ID": "ada",
    "视频信息": "早晨护肤",
    "视频ID": ADA_VIDEO,
    "发布时间": "2026/07/03",
    "达人所在国家/地区": "US",
    "商品": SERUM,
    "VV": "123045",
    "点赞数": "1204",
    "商品曝光次数": "131635",
    "商品点击次数": "4505",
    "归因 SKU 订单数": "155",
    "视频 SKU 订单数": "150",
    "视频归因成交件数": "164",
    "视频归因 GMV ($)": "3030.93",
    "视频 GMV ($)": "2926.18",
    "点击率（视频）": "3.42%",
    "视频完播率": "0.0815",
    "视频成交订单数": "155",
    "视频商品成交件数": "164",
    "GMV（视频） ($)": "2926.18",
    "归因于带货视频的 GMV ($)": "3030.93",
}
COMPASS_SECOND = COMPASS_ROW | {
    "达人昵称": "阿波",
    "达人ID": "bo",
    "视频ID": BO_VIDEO,
    "发布时间": 46206,
    "VV": "20878",
    "商品曝光次数": 21471,
    "商品点击次数": 972,
    "点击率（视频）": 0.0453,
}
COMPASS_EN = {
    "Creator name": "Ada Lee",
    "Creator ID": "ada",
    "Video ID": ADA_VIDEO,
    "Time": "2026/01/03",
    "Products": SERUM,
    "VV": "509",
    "Product Impressions": "533",
    "Product Clicks": "9",
    "Orders": "0",
    "Gross merchandise value (Video) ($)": "0",
    "Shoppable video attributed GMV ($)": "0",
    "Click-through rate": "1.69%",
}
CREATOR = {
    "Creator name": "ada",
    "Creator-attributed GMV": "$2,000.00",
    "Affiliate-attributed GMV": "$2,000.00",
    "Attributed orders": "60",
    "Creator-attributed items sold": "66",
    "Affiliate-attributed items sold": "66",
    "Refunds": "$20.00",
    "Videos": "7",
    "LIVE streams": "1",
    "Est. commission": "$300.00",
    "CTR": "5.93%",
    "Product impressions": "10,000",
    "Video views": "9,000",
    "Samples shipped": "2",
}
CREATOR_UNSAID = {
    "Creator name": "bo",
    "Creator-attributed GMV": "$1K-$5K",
    "Affiliate-attributed GMV": "$1K-$5K",
    "CTR": "--",
    "Product impressions": "4,000",
}
OLD_CREATOR = {
    "Creator username": "@Ada",
    "Affiliate GMV": "$2,000.00",
    "Items sold": "66",
    "Est. commission": "$300.00",
    "Affiliate orders": "60",
    "CTR": "5.93%",
    "Product impressions": "10,000",
    "Affiliate LIVE streams": "1",
    "Affiliate shoppable videos": "7",
}
ZH_24 = dict(zip(CREATOR_EN_24, CREATOR_ZH_24, strict=True))
PRODUCT = {
    "Product name": "Vitamin C serum",
    "Product Name": "Vitamin C serum",
    "Product ID": SERUM,
    "Product category": "Beauty & Personal Care > Skincare > Serums",
    "Creator-attributed GMV": "$5,000.00",
    "Refunds": "$50.00",
    "Creator-attributed items sold": "160",
    "Attributed orders": "150",
    "Videos": "12",
    "LIVE streams": "2",
    "Est. commission": "$750.00",
    "Product impressions": "200,000",
    "Product clicks": "5,000",
    "CTR": "2.5%",
    "GMV": "$6,000.00",
    "Orders": "180",
    "Items sold": "190",
    "Add-to-cart count": "900",
    "Unique product impressions": "150,000",
    "Unique clicks": "4,500",
    "Shop tab product impressions": "10,000",
    "Shop tab product clicks": "300",
}
ORDER = {
    "Order ID": "577012345678901234\t",
    "Product ID": SERUM + "\t",
    "Product Name": "Vitamin C serum",
    "SKU ID": SKU + "\t",
    "Price": "19.99",
    "Payment Amount": "39.98",
    "Currency": "USD",
    "Quantity": "2",
    "Fully returned or refunded": "No",
    "Payment method": "Card",
    "Order Status": "Settled",
    "Creator Username": "ada",
    "Content Type": "Video",
    "Content ID": ADA_VIDEO,
    "commission model": "Open collaboration",
    "Standard commission rate": "15%",
    "Est. Commission Base": "39.98",
    "Est. standard commission payment": "6.00",
    "Actual Commission Base": "19.99",
    "Actual Commission Payment": "3.00",
    "Time Created": "03/08/2026 10:11:12",
    "Payment time": "03/08/2026 10:12:00",
    "Platform": "TikTok Shop",
    "Creator Region": "GB",
}
ORDER_UNSETTLED = ORDER | {
    "Order ID": "577012345678901235",
    "Order Status": "Processing",
    "Actual Commission Payment": "0",
    "Time Created": "31/08/2026 23:30:00",
}
ORDER_ZH = dict(zip(ORDERS_30, ORDERS_ZH_30, strict=True))
CREATOR_ORDER = {
    "Order ID": "577012345678901234",
    "SKU ID": SKU,
    "Product ID": SERUM,
    "Items sold": "2",
    "Items refunded": "1",
    "Currency": "USD",
    "Order settlement status": "Settled",
    "Content Type": "LIVE",
    "Standard": "15%",
    "GMV": "39.98",
    "Est. standard commission": "6.00",
    "Standard commission": "3.00",
    "Order date": "03/08/2026 10:11:12",
    "Agency": "Bright Agency",
}
LISTED = {
    "Order ID": "577012345678901234",
    "Order Status": "Completed",
    "SKU ID": SKU,
    "Product Name": "Vitamin C serum",
    "Quantity": "1",
    "SKU Unit Original Price": "24.99",
    "SKU Subtotal After Discount": "19.99",
    "Order Amount": "45.10",
    "Created Time": "07/22/2026 03:04:05 PM",
    "Paid Time": "07/22/2026 03:05:00 PM",
    "Buyer Username": "buyer_77",
    "Recipient": "Jane Roe",
    "Phone #": "+1 555 0100",
    "Detail Address": "12 Invented Street",
    "Product Category": "Beauty & Personal Care",
}
GUARDED = ("Order ID", "SKU ID", "Created Time", "Paid Time")
LISTED_WITH_TABS = LISTED | {name: LISTED[name] + "\t" for name in GUARDED}
LIVE_ROW = {
    "LIVE title": "Serum night",
    "LIVE ID": "7399999999999999991",
    "LIVE start time": "07/21/2026 19:00:00",
    "Creator name": "ada",
    "Creator LIVE-attributed GMV": "$900.00",
    "LIVE-attributed orders": "30",
    "LIVE product impressions": "40,000",
    "Product clicks": "2,400",
    "CTR": "6%",
    "Impressions": "55,000",
}
INCOME_ROW = {
    "Order/adjustment ID": "577012345678901234",
    "Type": "Order",
    "Order created time(UTC)": "2026/07/01 10:00:00",
    "Order settled time(UTC)": "2026/07/16 00:00:00",
    "Currency": "USD",
    "Total settlement amount": "30.10",
    "Total revenue": "39.98",
    "Total fees": "-9.88",
    "TikTok Shop commission fee": "-2.40",
    "Affiliate commission": "-6.00",
    "Ajustment amount": "0",
}

EXPORTS = (
    Export("Acme_Video_Data_20260822.csv", VIDEO_25, VIDEO_ROWS, described=True),
    Export("video_list_older_en.csv", VIDEO_EN_18, [OLD_VIDEO]),
    Export(
        "video_list_older_zh.csv",
        VIDEO_ZH_18,
        [{ZH_18[name]: cell for name, cell in OLD_VIDEO.items()}],
        encoding="gb18030",
    ),
    Export("video_data_zh.xlsx", VIDEO_ZH_20, [VIDEO_ZH], described=True),
    Export(
        "罗盘_视频明细.xlsx",
        COMPASS_ZH_31,
        [COMPASS_ROW, COMPASS_SECOND],
        above=[["[日期范围]: 2026-07-01 ~ 2026-07-28"], []],
    ),
    Export(
        "compass_video_details_en.xlsx",
        COMPASS_EN_24,
        [COMPASS_EN],
        above=[["[Date Range]: 2026-01-01 ~ 2026-01-31"], []],
    ),
    Export(
        "compass_video_details_zh.xlsx",
        COMPASS_ZH_20,
        [COMPASS_ROW],
        above=[["[日期范围]: 2026-01-01 ~ 2026-01-31"]],
    ),
    Export(
        "Acme_Creator_Data_20260722.xlsx",
        CREATOR_23,
        [CREATOR, CREATOR_UNSAID],
        described=True,
        sheet="Creator List",
    ),
    Export("creator_data_daily_averages.csv", CREATOR_AVERAGES, [CREATOR], described=True),
    Export("creator_data_before_2026.csv", CREATOR_BEFORE_2026, [CREATOR], described=True),
    Export("creator_list_older_en.csv", CREATOR_EN_24, [OLD_CREATOR], delimiter="\t"),
    Export(
        "creator_list_older_zh.xlsx",
        CREATOR_ZH_24,
        [{ZH_24[name]: cell for name, cell in OLD_CREATOR.items()}],
    ),
    Export("Acme_Transaction_Analysis_20260722.xlsx", TRANSACTION_23, [PRODUCT], described=True),
    Export("transaction_analysis_older_en.csv", TRANSACTION_EN_17, [PRODUCT]),
    Export(
        "transaction_analysis_older_zh.xlsx",
        TRANSACTION_ZH_17,
        [
            {
                "商品名称": "维C精华",
                "商品 ID": SERUM,
                "商品类目": "美妆个护/ 护肤",
                "达人归因 GMV": "¥5,000.00",
                "归因订单数": "150",
                "预计佣金": "¥750.00",
            }
        ],
    ),
    Export(
        "product_analytics.xlsx",
        PRODUCT_44,
        [PRODUCT],
        above=[["Analysis date: 01/07/2026~28/07/2026"]],
    ),
    Export(
        "product_list_older_zh.csv",
        PRODUCT_LIST_ZH,
        [{"ID": SERUM, "商品": "精华", "GMV": "70,036円", "成交件数": "12", "商城点击率": "12%"}],
        above=[["2026-04-27 ~ 2026-05-03"]],
    ),
    Export("live_data_20260722.csv", LIVE_25, [LIVE_ROW], described=True),
    Export(
        "罗盘_直播.xlsx",
        COMPASS_LIVE_28,
        [
            {
                "达人ID": "ada",
                "昵称": "爱达",
                "开播时间": "2026-07-21 19:00:00",
                "直播归因 GMV": "$900.00",
                "支付订单数": "30",
                "观看人次": "5.5万",
                "商品曝光次数": "40000",
                "商品点击次数": "2400",
                "曝光点击率": "6%",
            }
        ],
        above=[["[日期范围]: 2026-07-01 ~ 2026-07-28"]],
    ),
    Export("affiliate_orders_us.csv", ORDERS_30, [ORDER, ORDER_UNSETTLED]),
    Export("affiliate_orders_uk.csv", ORDERS_31, [ORDER | {"Currency": "GBP"}]),
    Export(
        "affiliate_orders_zh.xlsx",
        ORDERS_ZH_30,
        [
            {ORDER_ZH[name]: cell for name, cell in ORDER.items() if name in ORDER_ZH}
            | {"已全部退货或全额退款": "是", "内容形式": "直播"}
        ],
    ),
    Export(
        "partner_orders.csv",
        PARTNER_ORDERS,
        [
            ORDER
            | {
                "Partner campaign ID": "7400000000000000001",
                "Order settlement status": "Settled",
                "Commission GMV": "39.98",
                "Standard affiliate partner commission rate": "5%",
                "Est. affiliate partner commission": "2.00",
                "Standard creator affiliate commission rate": "15",
                "Est. creator commission": "6.00",
                "Attribution type": "Direct",
                "Time Created": "30/09/2026 16:53:20",
            }
        ],
    ),
    Export(
        "partner_custom_report.xlsx",
        PARTNER_REPORT,
        [
            {
                "Date": "2026-09-28-2026-09-29",
                "Creator name": "ada",
                "Product ID": SERUM,
                "Product name": "Vitamin C serum",
                "Video ID": ADA_VIDEO,
                "Post time": "2026-09-28 19:00:58",
                "Level 1 category": "Beauty & Personal Care",
                "Level 2 category": "Skincare",
                "Affiliate video-attributed GMV": "$120.00",
                "Creator video-attributed orders": "4",
                "Duration": "19s",
                "Video views": "8,000",
            }
        ],
        sheet="Custom report",
    ),
    Export(
        "mcn_report.csv",
        MCN_REPORT,
        [
            {
                "Date": "2026-09-28-2026-10-04",
                "Creator username": "ada",
                "Product ID": SERUM,
                "Product info": "Vitamin C serum",
                "Level 1 category": "Beauty & Personal Care",
                "Level 2 category": "Skincare",
                "Creator-attributed GMV": "$120.00",
                "Creator-attributed orders": "4",
            }
        ],
    ),
    Export("creator_orders.xlsx", CREATOR_ORDERS, [CREATOR_ORDER]),
    Export(
        "income_20260716.xlsx",
        INCOME,
        [
            INCOME_ROW,
            INCOME_ROW
            | {
                "Order/adjustment ID": "578000000000000001",
                "Type": "Logistics reimbursement",
                "Total revenue": "0",
                "Total fees": "0",
                "Affiliate commission": "0",
                "Total settlement amount": "4.00",
                "Ajustment amount": "4.00",
                "Related order ID": "577012345678901234",
            },
        ],
        sheet="Order details",
        other_sheets={"Reports": [["Time period:", "2026/07/01-2026/07/16"], ["Total", "34.10"]]},
    ),
    Export("OrderSKUList.xlsx", ORDER_LIST, [LISTED], described=True, sheet="OrderSKUList"),
    Export(
        "seller_orders_with_tabs.csv",
        ORDER_LIST,
        [
            LISTED_WITH_TABS,
            LISTED_WITH_TABS | {"SKU ID": SKU[:-1] + "2\t", "SKU Subtotal After Discount": "25.11"},
        ],
    ),
    Export(
        "shop_daily.csv",
        SHOP_DAILY,
        [
            {
                "Date": "2026-07-01",
                "GMV": "$800.00",
                "Orders": "20",
                "Items sold": "22",
                "Product impressions": "30,000",
                "Unique product impressions": "20,000",
                "Product clicks": "900",
                "Unique clicks": "800",
            }
        ],
    ),
    Export(
        "gmv_max_creatives.xlsx",
        ADS_CREATIVES,
        [
            {
                "视频标题": "Serum ad",
                "Video ID": ADA_VIDEO,
                "TikTok account": "ada",
                "Product ID": SERUM,
                "Time posted": "2026-07-01",
                "SKU 订单数": "9",
                "总收入": "210.00",
                "Product ad impressions": "12,000",
                "Product ad clicks": "240",
                "Product ad click rate": "2.00%",
                "Currency": "USD",
            }
        ],
    ),
)


def write_all(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [export.write(folder) for export in EXPORTS]


if __name__ == "__main__":
    write_all(FOLDER)
