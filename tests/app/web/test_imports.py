"""The import wizard: each step of a file, every row accounted for, nobody else's files."""

import csv
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.app.connectors.files import bring_in, text_file

from linkstar.connectors.models import ImportFile
from linkstar.jobs.queue import queue
from linkstar.orders.models import OrderLine
from linkstar.web.middleware import now

HEADER = (
    "Video title,Video ID,Post date,Video link,Creator name,Product ID,"
    "Creator video-attributed GMV,Video-attributed orders,AOV,Avg. GMV per customer,"
    "Video-attributed items sold,Refunds,Items refunded,Est. commission,Est. flat fee,"
    "Video views,Likes,Comments,Shares,Video product impressions,Video product clicks,"
    "Completion rate,CTR,Engagement,Video GPM"
)


def video(number: int, *, impressions: str = "20000", clicks: str = "600") -> str:
    return (
        f"Serum {number},73123456789012345{number:02},10/05/2026,"
        f"https://www.tiktok.com/@ada/video/73123456789012345{number:02},ada,"
        "1729000000000000001,$120.50,5,$24.10,$24.10,5,$0.00,0,$12.05,--,"
        f"50000,900,30,12,{impressions},{clicks},31.5%,3.00%,1.88%,$2.41"
    )


def videos(*rows: str) -> bytes:
    return ("\ufeff" + "\n".join([HEADER, *rows]) + "\n").encode()


GOOD = videos(video(1), video(2), video(3))
MIXED = videos(video(1), video(2, impressions="many"), video(3))
OWN_TABLE = b"who,shown,tapped\nada,20000,600\nbo,10000,150\n"
PERIOD = {"starts_on": "2026-10-01", "last_on": "2026-10-14"}


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path):
    settings.PLACES = replace(settings.PLACES, data=tmp_path)
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def lin(client, cast):
    client.force_login(cast.lin)
    return client


def upload(client, content: bytes = GOOD, name: str = "videos.csv", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("import_upload"), {"files": [file], **fields}, follow=True)


def latest() -> ImportFile:
    return ImportFile.objects.latest("id")


def answer(client, **given):
    address = reverse("import_answers", args=[latest().pk])
    answers = {**PERIOD, "currency": "USD", **given}
    return client.post(address, answers, follow=True)


def work() -> None:
    """Run what waits in the queue, as the worker does."""
    while task := queue.dequeue():
        queue.execute(task)


def imported(client, content: bytes = GOOD, name: str = "videos.csv") -> ImportFile:
    upload(client, content, name)
    answer(client)
    client.post(reverse("import_run", args=[latest().pk]))
    work()
    return latest()


def shown(client, import_file: ImportFile) -> str:
    return client.get(reverse("import", args=[import_file.pk])).content.decode()


class TestTheHistory:
    def test_leads_to_the_first_file(self, lin):
        page = lin.get(reverse("imports")).content.decode()
        assert "Nothing imported yet" in page
        assert reverse("import_upload") in page

    def test_tells_what_became_of_the_rows(self, lin):
        imported(lin, MIXED)
        page = lin.get(reverse("imports"))
        (entry,) = page.context["entries"]
        assert entry.may_undo
        assert "videos.csv" in page.content.decode()
        assert reverse("import_errors", args=[latest().pk]) in page.content.decode()

    def test_looks_again_by_itself_only_while_something_runs(self, lin):
        upload(lin)
        answer(lin)
        assert "hx-trigger" not in lin.get(reverse("imports")).content.decode()
        lin.post(reverse("import_run", args=[latest().pk]))
        assert "hx-trigger" in lin.get(reverse("imports")).content.decode()


class TestUploading:
    def test_leads_to_what_was_found(self, lin):
        page = upload(lin).content.decode()
        assert "What was found" in page
        assert "Video performance" in page
        assert "English headers" in page
        assert "UTF-8" in page

    def test_refuses_an_unreadable_file_in_words(self, lin):
        page = upload(lin, b"", "empty.csv").content.decode()
        assert "empty.csv: The file is empty" in page
        assert not ImportFile.objects.exists()

    def test_names_a_column_that_is_missing(self, lin):
        broken = GOOD.replace(b"Video product clicks", b"Taps")
        page = upload(lin, broken).content.decode()
        assert "“Video product clicks” is missing" in page
        assert not ImportFile.objects.exists()

    def test_of_several_files_leads_to_the_history(self, lin):
        files = [SimpleUploadedFile("a.csv", GOOD), SimpleUploadedFile("b.csv", OWN_TABLE)]
        page = lin.post(reverse("import_upload"), {"files": files}, follow=True)
        assert page.redirect_chain[-1][0] == reverse("imports")
        assert ImportFile.objects.count() == 2

    def test_needs_a_file(self, lin):
        page = lin.post(reverse("import_upload"), {}, follow=True).content.decode()
        assert "Choose at least one file." in page

    def test_never_takes_another_workspaces_shop(self, lin, cast):
        upload(lin, shop=cast.other_shop.pk)
        assert latest().shop == cast.shop


class TestTheQuestions:
    def test_ask_for_what_the_file_does_not_say_and_preselect_nothing(self, lin):
        page = upload(lin)
        form = page.context["form"]
        assert {"starts_on", "last_on"} <= set(form.fields)
        assert form["starts_on"].value() is None

    def test_leave_days_alone_that_each_row_says(self, lin):
        page = upload(lin, b"who,shown,tapped,day\nada,20000,600,2026-10-03\n", "own.csv")
        assert "starts_on" not in page.context["form"].fields
        assert "each row says its own" in page.content.decode()

    def test_must_all_be_answered(self, lin):
        upload(lin)
        page = answer(lin, last_on="")
        assert page.context["form"].errors
        assert latest().state == ImportFile.State.NEEDS_ANSWERS

    def test_refuse_days_in_the_wrong_order(self, lin):
        upload(lin)
        page = answer(lin, starts_on="2026-10-14", last_on="2026-10-01")
        assert "The last day is before the first." in page.content.decode()

    def test_lead_to_the_dry_run(self, lin):
        upload(lin)
        page = answer(lin).content.decode()
        assert "What this import would do" in page
        assert latest().state == ImportFile.State.READY

    def test_can_be_changed_before_the_run(self, lin):
        upload(lin)
        answer(lin)
        page = lin.get(reverse("import_answers", args=[latest().pk]))
        assert str(page.context["form"]["last_on"].value()) == "2026-10-14"


class TestAMapping:
    def test_of_ones_own_table_is_chosen_and_remembered(self, lin):
        upload(lin, OWN_TABLE, "own.csv")
        chosen = {"map-creator": "who", "map-impressions": "shown", "map-clicks": "tapped"}
        chosen["rows"] = "performance"
        more = {"market": "US", "channel": "tiktok", "definition": "product_impressions"}
        page = answer(lin, **chosen, **more)
        assert page.context["preview"].new == 2
        again = upload(lin, OWN_TABLE + b"cy,9000,90\n", "own.csv").content.decode()
        assert "columns as you chose them" in again

    def test_says_when_no_column_tells_what_a_row_is_about(self, lin):
        upload(lin, b"shown,tapped\n20000,600\n", "own.csv")
        chosen = {"map-impressions": "shown", "map-clicks": "tapped", "rows": "performance"}
        page = answer(lin, **chosen, market="US", channel="tiktok", definition="video_views")
        assert "At least one column must say what a row is about" in page.content.decode()

    def test_can_be_that_of_events(self, lin):
        upload(lin, OWN_TABLE, "own.csv")
        page = lin.get(reverse("import_answers", args=[latest().pk]), {"rows": "events"})
        asked = [(line.field, line.required) for line in page.context["lines"]]
        assert asked[:2] == [("kind", True), ("occurred_at", True)]
        assert {field for field, _ in asked[2:]} == {"creator", "content_id", "product_id"}

    def test_asks_nothing_of_an_export_that_is_known(self, lin):
        lines = upload(lin).context["lines"]
        assert all(line.header for line in lines)

    def test_shows_the_first_values_of_each_column(self, lin):
        page = upload(lin).content.decode()
        assert "<code>20000</code>" in page
        assert "Video product impressions" in page


class TestTheDryRun:
    def test_counts_every_row_and_loads_none(self, lin):
        upload(lin, MIXED)
        preview = answer(lin).context["preview"]
        assert (preview.rows, preview.new, preview.rejected) == (3, 2, 1)
        assert latest().state == ImportFile.State.READY

    def test_says_row_column_expectation_finding_and_remedy(self, lin):
        upload(lin, MIXED)
        page = answer(lin).content.decode()
        assert "Video product impressions" in page
        assert "<code>many</code>" in page
        assert "a whole number such as 1,234" in page
        assert "Correct the row in the error file" in page

    def test_of_a_large_file_is_done_by_the_worker(self, lin, monkeypatch):
        monkeypatch.setattr("linkstar.jobs.imports.LOOKED_AT_AT_ONCE_BYTES", 10)
        upload(lin)
        assert "Reading all rows of this file" in answer(lin).content.decode()
        ImportFile.objects.update(rows=3, rows_done=1)
        assert "33.3% read" in shown(lin, latest())
        work()
        assert (latest().rows, latest().rows_done) == (0, 0)
        assert "What this import would do" in shown(lin, latest())


class TestRunning:
    def test_shows_how_far_it_is_and_lets_one_leave(self, lin):
        upload(lin)
        answer(lin)
        page = lin.post(reverse("import_run", args=[latest().pk]), follow=True).content.decode()
        assert "You can leave this page" in page
        assert "Loading 3 rows…" in page
        assert 'hx-trigger="every 1s"' in page

    def test_says_the_share_and_the_rate_once_rows_are_done(self, lin):
        upload(lin)
        answer(lin)
        lin.post(reverse("import_run", args=[latest().pk]))
        ImportFile.objects.update(rows=3, rows_done=1)
        page = shown(lin, latest())
        assert "1 of 3 rows (33.3%)" in page
        assert 'value="0.3333"' in page

    def test_tells_a_waiting_page_to_load_the_report(self, lin):
        import_file = imported(lin)
        response = lin.get(reverse("import", args=[import_file.pk]), headers={"HX-Request": "true"})
        assert response.headers["HX-Refresh"] == "true"

    def test_twice_loads_once(self, lin):
        upload(lin)
        answer(lin)
        address = reverse("import_run", args=[latest().pk])
        lin.post(address)
        page = lin.post(address, follow=True).content.decode()
        assert "has been started already" in page
        work()
        assert latest().loaded == 3

    def test_can_be_cancelled(self, lin):
        upload(lin)
        answer(lin)
        lin.post(reverse("import_run", args=[latest().pk]))
        lin.post(reverse("import_cancel", args=[latest().pk]))
        work()
        assert latest().state == ImportFile.State.CANCELLED
        assert "Nothing of the file counts" in shown(lin, latest())


class TestTheReport:
    def test_accounts_for_every_row(self, lin):
        import_file = imported(lin, MIXED)
        page = shown(lin, import_file)
        assert "Every row is accounted for" in page
        assert import_file.rows == 3
        assert import_file.loaded + import_file.rejected == 3
        assert "1 row was rejected" in page

    def test_of_the_same_file_again_finds_only_duplicates(self, lin):
        imported(lin)
        again = imported(lin)
        assert (again.loaded, again.duplicates) == (0, 3)

    def test_gives_the_rejected_rows_back_as_a_file(self, lin):
        import_file = imported(lin, MIXED)
        response = lin.get(reverse("import_errors", args=[import_file.pk]))
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Video title,Video ID")
        assert lines[0].endswith("Reason")
        assert len(lines) == 2
        reason = "“Video product impressions” should be a whole number such as 1,234, found “many”."
        assert reason in next(csv.reader([lines[1]]))[-1]

    def test_gives_reasons_in_the_language_of_the_reader(self, lin, cast):
        import_file = imported(lin, MIXED)
        lin.post("/language/", {"language": "zh-hans"})
        response = lin.get(reverse("import_errors", args=[import_file.pk]))
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0].endswith("错误原因")
        assert "应为整数" in lines[1]

    def test_has_no_error_file_when_nothing_was_rejected(self, lin):
        import_file = imported(lin)
        assert lin.get(reverse("import_errors", args=[import_file.pk])).status_code == 404

    def test_says_by_name_why_a_file_failed(self, lin, monkeypatch):
        from linkstar.connectors.reading.refusals import FileRefused

        def damaged(*_arguments, **_named):
            raise FileRefused("damaged")

        upload(lin)
        answer(lin)
        ImportFile.objects.update(parsed={})
        monkeypatch.setattr("linkstar.connectors.actions.running.parse", damaged)
        lin.post(reverse("import_run", args=[latest().pk]))
        work()
        page = shown(lin, latest())
        assert "Nothing was loaded from this file." in page
        assert "The file is damaged" in page


class TestUndoing:
    def test_asks_first_and_then_takes_the_rows_out(self, lin):
        import_file = imported(lin)
        address = reverse("import_undo", args=[import_file.pk])
        assert "3 loaded rows will count no longer" in lin.get(address).content.decode()
        page = lin.post(address, follow=True).content.decode()
        assert "its rows count no longer" in page
        assert latest().state == ImportFile.State.UNDONE
        assert imported(lin).loaded == 3

    def test_of_orders_says_which_lines_and_how_much_commission(self, lin, cast, tmp_path):
        text = "order,sku,qty,price,order date,creator\n1,mug,6,2.95,2026-01-05,ada\n"
        said = bring_in(
            cast, text_file(tmp_path, text), zone="UTC", currency="GBP", state="delivered",
            now=now(),
        )  # fmt: skip
        address = reverse("import_undo", args=[said["id"]])
        page = lin.get(address).content.decode()
        assert "Order lines withdrawn</dt><dd>1<" in page
        lin.post(address)
        line = OrderLine.objects.get()
        page = lin.get(reverse("order_line", args=[line.pk])).content.decode()
        assert "Nobody states this line any more" in page

    def test_is_over_after_a_week(self, lin):
        import_file = imported(lin)
        week_ago = import_file.finished_at - timedelta(days=7, minutes=1)
        ImportFile.objects.update(finished_at=week_ago)
        assert lin.get(reverse("import_undo", args=[import_file.pk])).status_code == 404


CHANGING = ["import_answers", "import_run", "import_cancel", "import_undo"]
READING = ["import", "import_errors", "import_problems"]


class TestOthers:
    def test_who_only_view_can_read_and_change_nothing(self, client, cast, lin):
        import_file = imported(lin)
        client.force_login(cast.vera)
        assert "Every row is accounted for" in shown(client, import_file)
        assert client.get(reverse("import_upload")).status_code == 404
        answers = {client.post(reverse(r, args=[import_file.pk])).status_code for r in CHANGING}
        assert answers == {404}

    def test_of_another_workspace_find_nothing(self, client, cast, lin):
        import_file = imported(lin, MIXED)
        client.force_login(cast.otto)
        addresses = [reverse(route, args=[import_file.pk]) for route in (*CHANGING, *READING)]
        assert {client.post(address).status_code for address in addresses} <= {404, 405}
        assert {client.get(address).status_code for address in addresses} <= {404, 405}
