"""Lists kept under a name: found again as they were, by their keeper and by who has the link."""

import pytest

from linkstar.accounts.models import SavedView

pytestmark = pytest.mark.usefixtures("shop_with_facts")

NARROWED = {"from": "2026-09-21", "to": "2026-10-18", "state": ["above", "below"], "sort": "-ctr"}


def keep(client, name="Best", asked=NARROWED, **more):
    """Keep the uplift page as it stands at an address."""
    saved = client.get("/uplift/", asked).context["saved"]
    kept = {"page": saved.page, "parts": saved.parts, "name": name, **more}
    return client.post("/views/", kept).url


@pytest.fixture
def vera(client, cast):
    client.force_login(cast.vera)
    return client


class TestAViewOfTheUpliftTable:
    def test_has_filters_days_order_and_columns_but_not_the_page(self, lin):
        keep(lin, asked={**NARROWED, "columns": "ctr,clicks", "page": "3", "q": ""})
        assert SavedView.objects.get().parts == {
            "from": ["2026-09-21"],
            "to": ["2026-10-18"],
            "state": ["above", "below"],
            "sort": ["-ctr"],
            "columns": ["name,ctr,clicks"],
        }

    def test_opens_as_it_was_whatever_columns_the_person_has_now(self, lin):
        address = keep(lin, asked={**NARROWED, "columns": "ctr,clicks"})
        lin.post("/uplift/columns/", {"by": "creator", "column": ["impressions"]})
        page = lin.get(address)
        assert [c.name for c in page.context["table"].columns] == ["name", "ctr", "clicks"]
        assert page.context["view"].sort == "ctr"
        assert not page.context["saved"].is_changed

    def test_says_when_the_page_stands_otherwise(self, lin):
        address = keep(lin)
        page = lin.get(f"{address}&q=Ada")
        assert page.context["saved"].is_changed
        assert "“Best” is changed, not saved" in page.content.decode()

    def test_is_not_changed_by_what_an_address_means_anyway(self, lin):
        address = keep(lin)
        said = "&by=creator&q=&definition=product_impressions&min=1000&page=1"
        assert not lin.get(address + said).context["saved"].is_changed

    def test_takes_the_changes_under_its_name(self, lin):
        keep(lin)
        keep(lin, asked={"q": "Ada"})
        assert SavedView.objects.get().parts["q"] == ["Ada"]

    def test_is_left_behind_by_another_choice_of_columns(self, lin):
        address = keep(lin, asked={**NARROWED, "columns": "ctr"})
        back = address.partition("?")[2]
        chosen = {"by": "creator", "column": ["clicks"], "back": back}
        page = lin.get(lin.post("/uplift/columns/", chosen).url)
        assert [c.name for c in page.context["table"].columns] == ["name", "clicks"]
        assert page.context["saved"].is_changed

    def test_needs_a_name(self, lin):
        assert lin.get(keep(lin, name=" ")).status_code == 200
        assert not SavedView.objects.exists()

    def test_is_renamed_and_deleted(self, lin):
        keep(lin)
        keep(lin, name="Other")
        view = SavedView.objects.get(name="Best")
        page = lin.post(f"/views/{view.pk}/rename/", {"name": "Other"}, follow=True)
        assert "There is a view of that name already" in page.content.decode()
        lin.post(f"/views/{view.pk}/rename/", {"name": "Good"})
        assert SavedView.objects.filter(name="Good").exists()
        page = lin.post(f"/views/{view.pk}/delete/", follow=True)
        assert "The view “Good” is deleted." in page.content.decode()
        assert [one.name for one in SavedView.objects.all()] == ["Other"]


class TestAViewOfSomebodyElse:
    def test_is_in_nobody_s_list_but_opens_by_its_link(self, lin, vera, cast):
        vera.force_login(cast.lin)
        keep(vera)
        vera.force_login(cast.vera)
        view = SavedView.objects.get()
        assert "Best" not in vera.get("/uplift/").content.decode()
        page = vera.get(f"/views/{view.pk}/", follow=True)
        assert page.context["saved"].opened == view
        assert "Delete “Best”" not in page.content.decode()
        assert vera.post(f"/views/{view.pk}/delete/").status_code == 404

    def test_is_in_everybody_s_list_when_it_is_shared(self, vera, cast):
        vera.force_login(cast.lin)
        keep(vera, is_shared="1")
        vera.force_login(cast.vera)
        assert [one.name for one in vera.get("/uplift/").context["saved"].views] == ["Best"]

    def test_is_not_found_in_another_workspace(self, lin, client, cast):
        view = SavedView.objects.create(
            workspace=cast.other_workspace, user=cast.otto, page="uplift", name="His",
            parts={"q": ["secret"]}, is_shared=True, created_at=cast.lin.date_joined,
        )  # fmt: skip
        assert lin.get(f"/views/{view.pk}/").status_code == 404
        assert lin.get("/uplift/", {"view": view.pk}).context["saved"].opened is None


class TestAViewer:
    def test_keeps_views_but_shares_none(self, vera):
        keep(vera, is_shared="1")
        assert not SavedView.objects.get().is_shared
