"""The benchmark book's pages: provenance shown, floors kept, and who may do what."""

from datetime import date

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linkstar.accounts.actions import join_workspace
from linkstar.accounts.models import Role
from linkstar.benchmarks.actions import import_benchmark, publish
from linkstar.benchmarks.models import Benchmark
from linkstar.catalog.models import Category
from linkstar.jobs.benchmarks import builds
from linkstar.jobs.queue import queue

CELLS = {
    "category": ["", "Beauty & Personal Care", "Beauty & Personal Care > Skincare"],
    "definition": ["product_impressions"] * 3,
    "impressions": [9_000_000, 1_250_000, 400_000],
    "clicks": [180_000, 37_500, 10_000],
    "median": [0.018, 0.028, 0.024],
}


@pytest.fixture(autouse=True)
def _empty_queue():
    queue.flush()
    yield
    queue.flush()


@pytest.fixture
def draft(cast, now):
    return import_benchmark(
        pa.table(CELLS),
        workspace=cast.workspace,
        market="US",
        starts_on=date(2026, 9, 7),
        ends_before=date(2026, 10, 5),
        source_name="Agency report 2026-09",
        licence="CC BY 4.0",
        user=cast.lin,
        now=now,
    )


@pytest.fixture
def sign_in(client):
    def as_person(person):
        client.force_login(person)
        return client

    return as_person


def page(client, name, *args, **params):
    return client.get(reverse(name, args=args), params)


class TestTheBook:
    def test_leads_to_three_ways_when_there_is_no_benchmark(self, sign_in, cast):
        shown = page(sign_in(cast.lin), "benchmarks").content.decode()
        assert "No benchmark for the market US yet" in shown
        assert "From the shops that take part" in shown
        assert "From figures somebody publishes" in shown
        assert "From your own history" in shown

    def test_says_whose_figures_an_edition_has_and_under_which_licence(self, sign_in, cast, draft):
        shown = page(sign_in(cast.vera), "benchmarks").content.decode()
        assert "Agency report 2026-09" in shown
        assert "CC BY 4.0" in shown
        assert "draft" in shown

    def test_speaks_chinese(self, sign_in, cast, draft):
        cast.lin.language = "zh-hans"
        cast.lin.save()
        response = page(sign_in(cast.lin), "benchmarks")
        assert 'lang="zh-Hans"' in response.content.decode()

    def test_shows_another_workspace_nothing(self, sign_in, cast, draft):
        shown = page(sign_in(cast.otto), "benchmarks").content.decode()
        assert "Agency report" not in shown


class TestAnEdition:
    def test_shows_its_figures(self, sign_in, cast, draft):
        shown = page(sign_in(cast.vera), "benchmark", draft.pk).content.decode()
        assert "Skincare" in shown
        assert "2.50%" in shown
        assert "1,250,000" in shown

    def test_finds_a_category(self, sign_in, cast, draft):
        response = page(sign_in(cast.vera), "benchmark", draft.pk, search="skin")
        assert [row["category"] for row in response.context["page"].rows] == ["Skincare"]

    def test_calls_and_finds_categories_in_the_language_of_the_reader(self, sign_in, cast, draft):
        path = "Beauty & Personal Care > Skincare"
        Category.objects.create(path=path, name_en="Skincare", name_zh="护肤")
        cast.vera.language = "zh-hans"
        cast.vera.save()
        response = page(sign_in(cast.vera), "benchmark", draft.pk, search="护")
        assert [row["category"] for row in response.context["page"].rows] == ["护肤"]

    def test_is_cut_by_hour_of_the_day_in_the_order_of_hours(self, sign_in, cast, now):
        hours = ["", "10", "9"]
        cells = {"definition": ["product_impressions"] * 3, "impressions": [30_000, 10_000, 20_000]}
        cut = cells | {
            "category": ["Beauty"] * 3,
            "clicks": [900, 100, 800],
            "segment": ["hour" if hour else "" for hour in hours],
            "segment_value": hours,
        }
        edition = import_benchmark(
            pa.table(cut), workspace=cast.workspace, market="US", starts_on=date(2026, 9, 7),
            ends_before=date(2026, 10, 5), source_name="Agency report 2026-09", licence="CC BY 4.0",
            user=cast.lin, now=now,
        )  # fmt: skip
        client = sign_in(cast.vera)
        whole = page(client, "benchmark", edition.pk).context["page"].rows
        assert [row["ctr"] for row in whole] == [0.03]
        shown = page(client, "benchmark", edition.pk, segment="hour")
        rows = shown.context["page"].rows
        assert [(row["segment"], row["ctr"]) for row in rows] == [("09:00", 0.04), ("10:00", 0.01)]
        assert "Hour of day" in shown.content.decode()

    def test_of_a_cut_it_does_not_have_shows_everybody(self, sign_in, cast, draft):
        response = page(sign_in(cast.vera), "benchmark", draft.pk, segment="gender")
        assert len(response.context["page"].rows) == len(CELLS["category"])

    def test_gives_a_withheld_cell_a_reason_and_no_figure(self, sign_in, cast, draft):
        draft.cells.filter(category="Beauty & Personal Care").update(withheld="few_shops")
        response = page(sign_in(cast.vera), "benchmark", draft.pk)
        withheld = [row for row in response.context["page"].rows if "reason" in row]
        assert [row["category"] for row in withheld] == ["Beauty & Personal Care"]
        assert "ctr" not in withheld[0]
        assert "1,250,000" not in response.content.decode()

    def test_is_not_found_by_another_workspace(self, sign_in, cast, draft):
        assert page(sign_in(cast.otto), "benchmark", draft.pk).status_code == 404


class TestPublishing:
    def test_asks_first(self, sign_in, cast, draft):
        shown = page(sign_in(cast.lin), "benchmark_publish", draft.pk).content.decode()
        assert "can be neither changed nor deleted" in shown
        draft.refresh_from_db()
        assert not draft.is_published

    def test_freezes_the_edition(self, sign_in, cast, draft):
        sign_in(cast.mei).post(reverse("benchmark_publish", args=[draft.pk]))
        draft.refresh_from_db()
        assert draft.is_published
        assert draft.published_by == cast.mei

    @pytest.mark.parametrize("name", ["vera", "otto"])
    def test_is_not_there_for_those_who_may_not(self, sign_in, cast, draft, name):
        client = sign_in(getattr(cast, name))
        address = reverse("benchmark_publish", args=[draft.pk])
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
        draft.refresh_from_db()
        assert not draft.is_published


class TestDiscarding:
    def test_deletes_a_draft_after_asking(self, sign_in, cast, draft):
        client = sign_in(cast.lin)
        address = reverse("benchmark_discard", args=[draft.pk])
        assert b"Discard this draft?" in client.get(address).content
        client.post(address)
        assert not Benchmark.objects.filter(pk=draft.pk).exists()

    def test_does_not_reach_a_published_edition(self, sign_in, cast, draft, now):
        publish(draft, user=cast.lin, now=now)
        address = reverse("benchmark_discard", args=[draft.pk])
        assert sign_in(cast.lin).post(address).status_code == 404


class TestBuildingFromThePool:
    def test_is_the_operators(self, sign_in, cast):
        assert page(sign_in(cast.lin), "benchmark_build").status_code == 404


FIGURES = (
    "market,category,definition,impressions,clicks,starts_on,ends_on,source,licence\n"
    "US,Beauty & Personal Care,product_impressions,4000000,80000,2026-09-07,2026-10-04,"
    "Agency report,CC BY 4.0\n"
)


def import_figures(client, content: str, **said: str):
    file = SimpleUploadedFile("figures.csv", content.encode())
    form = {"file": file, "market": "US", **said}
    return client.post(reverse("benchmark_import"), form, follow=True)


class TestImportingFigures:
    def test_makes_a_draft_with_its_source_and_licence(self, sign_in, cast):
        page = import_figures(sign_in(cast.mei), FIGURES)
        edition = Benchmark.objects.get()
        assert (edition.source_name, edition.licence) == ("Agency report", "CC BY 4.0")
        assert (edition.starts_on, edition.ends_before) == (date(2026, 9, 7), date(2026, 10, 5))
        assert edition.workspace == cast.workspace
        assert not edition.is_published
        assert "2.00%" in page.content.decode()

    def test_asks_for_what_the_file_leaves_open(self, sign_in, cast):
        silent = "market,category,definition,impressions,clicks\nUS,Beauty,video_views,90000,900\n"
        page = import_figures(sign_in(cast.lin), silent)
        asked = set(page.context["form"].errors)
        assert asked == {"source_name", "licence", "starts_on", "last_on"}
        assert not Benchmark.objects.exists()

    def test_takes_the_answers(self, sign_in, cast):
        silent = "market,category,definition,impressions,clicks\nUS,Beauty,video_views,90000,900\n"
        answers = {"starts_on": "2026-09-07", "last_on": "2026-10-04"}
        import_figures(
            sign_in(cast.lin), silent, source_name="A study", licence="CC0 1.0", **answers
        )
        assert Benchmark.objects.get().source_name == "A study"

    def test_names_rows_that_cannot_be_read_and_imports_none(self, sign_in, cast):
        broken = FIGURES + "US,Home,product_impressions,many,10,2026-09-07,2026-10-04,A,B\n"
        page = import_figures(sign_in(cast.lin), broken).content.decode()
        assert "<code>many</code>" in page
        assert not Benchmark.objects.exists()

    def test_says_when_the_file_is_about_another_market(self, sign_in, cast):
        page = import_figures(sign_in(cast.lin), FIGURES.replace("US,", "GB,")).content.decode()
        assert "no figures for the market US, only for GB" in page

    @pytest.mark.parametrize("route", ["benchmark_import", "benchmark_own_history"])
    def test_is_not_there_for_who_only_views(self, sign_in, cast, route):
        assert page(sign_in(cast.vera), route).status_code == 404


class TestOwnHistory:
    def test_is_built_in_the_background(self, sign_in, cast):
        days = {"market": "US", "starts_on": "2026-09-07", "last_on": "2026-10-04"}
        client = sign_in(cast.lin)
        shown = client.post(reverse("benchmark_own_history"), days, follow=True)
        assert "is being built" in shown.content.decode()
        (build,) = builds(workspace=cast.workspace.pk, market="US")
        assert build.ends_before == date(2026, 10, 5)

    def test_of_the_pool_takes_whole_weeks_only(self, sign_in, cast):
        join_workspace(user=cast.olga, workspace=cast.workspace, role=Role.VIEWER)
        days = {"market": "US", "starts_on": "2026-09-08", "last_on": "2026-10-04"}
        shown = sign_in(cast.olga).post(reverse("benchmark_build"), days)
        assert "Choose whole weeks" in shown.content.decode()
