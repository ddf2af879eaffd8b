"""A product file into the catalogue: good rows land, bad ones come back with their reasons."""

from io import BytesIO

import openpyxl
import pytest

from linkstar.catalog.models import Product, ProductChange, Sku
from linkstar.catalog.taxonomy import load_categories
from linkstar.connectors.models import ProductImport
from linkstar.connectors.product_import import folder_of, import_products
from linkstar.connectors.reading.refusals import Refusal
from linkstar.web.problems import in_error_files

pytestmark = pytest.mark.django_db
GOOD = """Product ID,Product name,Category,Brand,Price,Tags,Landing page,SKU ID,Variant
1729384756102938475,Glow serum,Beauty > Skincare,Glow,,"new, q4",https://shop.example/1,11,30 ml
1729384756102938475,Glow serum,Beauty > Skincare,Glow,$24.99,,,12,50 ml
1729384756102938476,Mop,Home,,"1,019.00",,,,
"""
CHINESE = """商品ID,商品名称,类目,价格,货币,SKU ID,规格
5001,精华,美妆个护 > 护肤,24.99,USD,1,30 毫升
"""
BAD = """Product ID,Product name,Price,Image,Tags,SKU ID
,Nameless,1,,,
7,Wrong price,abc,,,
8,Wrong image,1,javascript:alert(1),,
9,Said once,5,,,
9,Said twice,6,,,
10,Too many tags,1,,"{tags}",
11,Good,2,,,
""".replace("{tags}", ", ".join(f"t{n}" for n in range(21)))


@pytest.fixture
def take(cast, settings, tmp_path, now):
    from linkstar.config.places import Places

    settings.PLACES = Places(tmp_path / "data")

    def taken(text: str | bytes, name: str = "products.csv") -> ProductImport:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return import_products(
            shop=cast.shop, user=cast.lin, path=path, name=name, now=now,
            words=in_error_files("en"),
        )  # fmt: skip

    return taken


class TestAProductFile:
    def test_adds_products_with_their_variants(self, take) -> None:
        made = take(GOOD)
        assert (made.rows, made.loaded, made.rejected) == (3, 3, 0)
        serum = Product.objects.get(external_id="1729384756102938475")
        assert (serum.price_minor, serum.currency, serum.tags) == (2_499, "USD", ["new", "q4"])
        assert set(Sku.objects.values_list("external_id", "price_minor")) == {
            ("11", None), ("12", 2_499),
        }  # fmt: skip
        assert Product.objects.get(name="Mop").price_minor == 101_900

    def test_twice_says_nothing_new_the_second_time(self, take) -> None:
        take(GOOD)
        made = take(GOOD)
        assert (made.loaded, made.duplicates) == (0, 3)
        assert not ProductChange.objects.exists()

    def test_keeps_what_a_changed_row_said_before(self, take) -> None:
        take(GOOD)
        made = take(GOOD.replace("1,019.00", "999.00").replace("$24.99", "$19.99"))
        assert (made.loaded, made.duplicates) == (2, 1)
        changed = ProductChange.objects.filter(field="price").order_by("before__minor")
        assert [(c.before["minor"], c.after["minor"]) for c in changed] == [
            (2_499, 1_999), (2_499, 1_999), (101_900, 99_900),
        ]  # fmt: skip

    def test_may_have_chinese_headers_and_categories(self, take) -> None:
        load_categories()
        take(CHINESE)
        assert Product.objects.get().category == "Beauty & Personal Care > Skincare"

    def test_may_be_a_workbook(self, take) -> None:
        book = openpyxl.Workbook()
        for line in [*GOOD.splitlines()[:1], "77,Lamp,Home,,12.50,,,,"]:
            book.active.append(line.split(","))
        held = BytesIO()
        book.save(held)
        assert take(held.getvalue(), "products.xlsx").loaded == 1
        assert Product.objects.get().price_minor == 1_250

    def test_gives_bad_rows_back_with_reasons_and_keeps_the_good_ones(self, take) -> None:
        made = take(BAD)
        assert (made.rows, made.loaded, made.rejected) == (7, 2, 5)
        assert [(p["row"], p["code"]) for p in made.problems] == [
            (2, "required.empty"), (3, "money.format"), (4, "url.format"),
            (6, "row.contradicts"), (7, "tags.too_many"),
        ]  # fmt: skip
        errors = (folder_of(made) / made.errors).read_text(encoding="utf-8-sig")
        assert "Reason" in errors.splitlines()[0]
        assert "the first was kept" in errors
        assert len(errors.splitlines()) == 6
        assert set(Product.objects.values_list("name", flat=True)) == {"Said once", "Good"}

    def test_mended_may_be_sent_again_with_the_reasons_in_it(self, take) -> None:
        made = take(BAD)
        errors = (folder_of(made) / made.errors).read_text(encoding="utf-8-sig")
        mended = errors.replace("abc", "3.00")
        again = take(mended)
        assert Product.objects.get(external_id="7").price_minor == 300
        assert again.rejected == 3

    def test_without_product_ids_is_refused_as_a_whole(self, take) -> None:
        with pytest.raises(Refusal):
            take("Name,Price\nSerum,1\n")
        assert not ProductImport.objects.exists()


class TestThePage:
    def test_leads_from_the_upload_to_the_report_and_its_error_file(
        self, client, cast, settings, tmp_path
    ) -> None:
        from linkstar.config.places import Places

        settings.PLACES = Places(tmp_path)
        client.force_login(cast.lin)
        file = BytesIO(BAD.encode())
        file.name = "bad.csv"
        page = client.post("/catalogue/import/", {"file": file}, follow=True)
        told = page.content.decode()
        assert "5 rows were rejected" in told
        assert "javascript:alert(1)" in told
        made = ProductImport.objects.get()
        answer = client.get(f"/catalogue/imports/{made.pk}/errors/")
        assert b"Reason" in b"".join(answer.streaming_content)

    def test_offers_an_empty_file(self, client, cast, settings, tmp_path) -> None:
        client.force_login(cast.lin)
        answer = client.get("/catalogue/import/template/")
        assert answer.content.decode("utf-8-sig").startswith("Product ID,Product name")

    def test_says_what_is_wrong_with_a_file_that_is_no_table(self, client, cast) -> None:
        client.force_login(cast.lin)
        file = BytesIO(b"Name,Price\nSerum,1\n")
        file.name = "x.csv"
        told = client.post("/catalogue/import/", {"file": file}).content.decode()
        assert "x.csv:" in told
