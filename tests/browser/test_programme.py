"""The programme from a company's first shop to confirmed content, and who sees none of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.app.catalog.papers import pdf, picture
from tests.browser.conftest import LANGUAGES, Site, Visitor
from tests.browser.test_pages import sideways

pytestmark = pytest.mark.browser

PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}
SHOP = "Mia Skin US"
PRODUCT = "Night serum"
VIDEO = "7300000000000000001"
Meet = Callable[..., "Person"]


class Person(Visitor):
    """Somebody at a browser of their own."""

    def go(self, path: str) -> None:
        self.page.goto(self.site.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def write(self, **said: str) -> None:
        """Fill in fields by their names in the form of the page."""
        for name, value in said.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.address)


@dataclass
class Programme:
    """Whom the walk leaves behind, and the addresses of what they made."""

    mia: Person
    ada: Person
    rosa: Person
    seller: list[str] = field(default_factory=list)
    creator: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def meet(browser: Browser, site: Site) -> Iterator[Meet]:
    """Signs a person in at a window of their own; what it complained about must be nothing."""
    people: list[Person] = []

    def met(name: str, window: dict[str, int] = DESK) -> Person:
        context = browser.new_context(viewport=window, locale="en-US")
        context.set_default_timeout(15_000)
        person = Person(context.new_page(), site)
        person.sign_in(f"{name}@example.com")
        people.append(person)
        return person

    yield met
    for person in people:
        person.page.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture(scope="module")
def programme(meet: Meet) -> Programme:
    """The whole walk, once, in English."""
    walked = Programme(mia=meet("mia"), ada=meet("ada", PHONE), rosa=meet("rosa"))
    shop = opens_a_shop(walked.mia)
    is_returned_once_and_then_approved(walked.mia, walked.rosa, shop)
    switches_linkstar_on(walked.mia, shop)
    sells_a_product_under_a_plan(walked.mia)
    finds_by_recommendation(walked.mia)
    finds_by_search(walked.mia)
    finds_by_campaign(walked.mia, meet("cleo", PHONE), walked)
    negotiates(walked)
    sends_the_sample(walked)
    posts(walked)
    return walked


def opens_a_shop(mia: Person) -> str:
    mia.go("/settings/shops/new/")
    mia.write(name=SHOP, category="Beauty & Personal Care")
    mia.page.locator("main form .btn-primary").click()
    mia.go("/settings/")
    address = mia.page.get_by_role("link", name=SHOP).first.get_attribute("href") or ""
    return re.findall(r"shops/(\w+)/", address)[0]


def uploads(mia: Person, kind: str, name: str, content: bytes, mime: str) -> None:
    mia.page.get_by_label("What it is").select_option(kind)
    paper = {"name": name, "mimeType": mime, "buffer": content}
    mia.page.get_by_label("File", exact=True).set_input_files(paper)
    mia.press("Upload")
    mia.sees(name)


def is_returned_once_and_then_approved(mia: Person, rosa: Person, shop: str) -> None:
    mia.go(f"/settings/shops/{shop}/qualification/")
    mia.write(
        company_name="Mia Skin Ltd.",
        registration_number="91440300MA5EXAMPLE",
        legal_representative="Mia Chen",
        contact_phone="+86 755 1234 5678",
    )
    mia.page.get_by_label("Company e-mail").select_option("mia@example.com")
    mia.press("Save the company")
    uploads(mia, "business_licence", "licence.pdf", pdf(), "application/pdf")
    uploads(mia, "legal_representative_id", "id.png", picture(), "image/png")
    mia.press("Hand in for review")

    rosa.go("/review/")
    rosa.follow(SHOP)
    rosa.page.get_by_label("What is wrong with id.png").fill("The number cannot be read.")
    rosa.press("Return with reasons")

    mia.page.reload()
    mia.sees("The number cannot be read.")
    mia.page.get_by_role("button", name="Remove id.png").click()
    uploads(mia, "legal_representative_id", "id-again.png", picture(), "image/png")
    mia.press("Hand in for review")
    rosa.go("/review/")
    rosa.follow(SHOP)
    rosa.press("Approve")
    mia.page.reload()
    mia.follow("To the affiliate service")


def switches_linkstar_on(mia: Person, shop: str) -> None:
    assert mia.path == f"/affiliate/{shop}/"
    mia.page.get_by_label("I accept these terms for the company").check()
    mia.press("Switch LinkStar on")
    mia.sees("Plans of this shop are shown to creators.")


def sells_a_product_under_a_plan(mia: Person) -> None:
    mia.go("/catalogue/new/")
    mia.write(
        external_id="serum", name=PRODUCT, price="20", landing_page="https://mia.example/serum"
    )
    mia.press("Save")
    mia.go("/tracking/hosts/new/")
    mia.write(host="mia.example")
    mia.page.locator("main form .btn-primary").click()
    mia.go("/plans/new/")
    mia.write(name="Everybody", rate_bps="15%")
    mia.press("Make the plan")
    mia.sees("Everybody")


def invites(mia: Person, name: str) -> None:
    """Mark a creator in the list shown, see what would happen, send."""
    mia.page.get_by_role("checkbox", name=name, exact=True).check()
    mia.press("Invite")
    mia.page.locator("main select[name=products]").select_option(label=PRODUCT)
    mia.page.get_by_label("A sample is sent").check()
    mia.press("See what would happen")
    mia.sees("1 would be sent and spend 1, 0 are held back.")
    mia.press("Send")
    mia.sees(name)


def finds_by_recommendation(mia: Person) -> None:
    mia.go("/recruiting/recommendations/")
    mia.page.get_by_label("For the product").select_option(label=PRODUCT)
    mia.press("Rank creators for this product")
    invites(mia, "Ada")


def finds_by_search(mia: Person) -> None:
    mia.go("/recruiting/?q=bo")
    invites(mia, "Bo")


def finds_by_campaign(mia: Person, cleo: Person, walked: Programme) -> None:
    mia.go("/recruiting/campaigns/new/")
    today = mia.page.evaluate("new Date(Date.now() - 864e5).toISOString().slice(0, 10)")
    year = int(today[:4]) + 1
    mia.write(
        title="Winter glow", rate="12", starts_on=today, last_on=f"{year}-12-31",
        signup_last_on=f"{year}-06-30",
    )  # fmt: skip
    mia.page.locator("main select[name=products]").select_option(label=PRODUCT)
    mia.press("Save as a draft")
    mia.press("Open for sign-up")
    walked.seller.append(mia.path)
    cleo.go("/creator/campaigns/")
    cleo.follow("Winter glow")
    cleo.press("Sign up")
    mia.page.reload()
    mia.press("Select")
    mia.follow("Open")
    mia.follow("To the collaboration")
    mia.sees("Cleo")
    walked.seller.append(mia.path)


def negotiates(walked: Programme) -> None:
    mia, ada = walked.mia, walked.ada
    ada.go("/creator/offers/")
    ada.follow("Look at it")
    ada.follow("Propose other terms")
    ada.write(rate="20", message="A bit more.")
    ada.press("Make this offer")
    walked.creator.append(ada.path)
    mia.go("/recruiting/negotiations/")
    mia.follow("Ada")
    walked.seller.append(mia.path)
    mia.follow("Propose other terms")
    mia.write(rate="18", message="Half way.")
    mia.press("Make this offer")
    ada.page.reload()
    ada.sees("18%")
    ada.press("Accept these terms")
    ada.page.wait_for_url("**/creator/collaborations/col_*/")
    walked.creator.append(ada.path)
    walked.seller.append(ada.path.removeprefix("/creator"))
    mia.go(walked.seller[-1])
    mia.sees("18%")


def sends_the_sample(walked: Programme) -> None:
    mia, ada = walked.mia, walked.ada
    ada.page.get_by_label("Product").select_option(label=PRODUCT)
    ada.write(address="1 Main St, Austin TX")
    ada.press("Ask for it")
    mia.page.reload()
    mia.press("Approve")
    mia.follow("Ship it")
    walked.seller.append(mia.path)
    mia.write(carrier="USPS", tracking_number="9400", cost="5", shipping="4.50")
    mia.press("It is on its way")
    ada.page.reload()
    ada.sees("USPS 9400")
    ada.press("It arrived")


def posts(walked: Programme) -> None:
    mia, ada = walked.mia, walked.ada
    mia.go(ada.path.removeprefix("/creator"))
    mia.page.get_by_text("Make a link", exact=True).first.click()
    mia.page.locator("main select[name=product]").select_option(label=PRODUCT)
    mia.press("Make a link")
    mia.sees("/r/")
    walked.seller.append(
        mia.page.locator("main a[href^='/tracking/links/']").get_attribute("href") or ""
    )
    ada.page.reload()
    assert "/r/" in (ada.page.locator("main code").first.text_content() or "")
    ada.follow("Hand in the link")
    walked.creator.append(ada.path)
    ada.write(url=f"https://www.tiktok.com/@ada/video/{VIDEO}", content_id=VIDEO)
    ada.press("Hand in")
    mia.page.reload()
    mia.press("Confirm")
    expect(mia.page.locator(".page-head")).to_contain_text("completed")


def test_it_is_walked_from_the_first_shop_to_confirmed_content(programme: Programme) -> None:
    programme.ada.go("/notifications/")
    for told in ("invites you", "approved your sample", "is on its way", "confirmed content 1"):
        programme.ada.sees(told)
    programme.mia.go("/samples/")
    programme.mia.sees("$9.50")


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_pages_are_whole_in_both_languages_and_sizes(programme: Programme, language) -> None:
    seller = ["/collaborations/", "/collaborations/?view=table", "/samples/", "/affiliate/"]
    seller += ["/recruiting/invitations/", "/recruiting/negotiations/", *programme.seller]
    creator = ["/creator/offers/", "/creator/campaigns/", "/creator/collaborations/"]
    creator += [*programme.creator, "/notifications/"]
    problems = []
    for person, paths in ((programme.mia, seller), (programme.ada, creator)):
        person.speak(language)
        for path in paths:
            person.page.set_viewport_size(DESK)
            person.go(path)
            problems += spoken_wrongly(person.page, language)
            for window in (DESK, PHONE):
                person.page.set_viewport_size(window)
                problems += [f"{path} {window}"] if sideways(person.page) > 0 else []
        problems += person.complaints
        person.speak("en")
    assert problems == []


def spoken_wrongly(page: Page, language: str) -> list[str]:
    """Headings and buttons that are not in the language of the page; names stay as they are."""
    names = re.compile(rf"[Aa]da|Cleo|Bo|{SHOP}|{PRODUCT}|Winter glow|LinkStar|CTR|LIVE|ID|\W|\d")
    said = page.locator("main :is(h1, h2, button, .btn, th, dt, label)").all_text_contents()
    left = [names.sub("", text) for text in said]
    is_chinese = [re.search("[一-鿿]", text) is not None for text in left]
    wanted = language == "zh-hans"
    return [
        f"{page.url}: {text.strip()}"
        for text, rest, spoken in zip(said, left, is_chinese, strict=True)
        if rest and spoken is not wanted
    ]


def test_another_company_and_another_creator_see_none_of_it(programme: Programme, meet) -> None:
    otto, bo = meet("otto"), meet("bo", PHONE)
    for person, paths in ((otto, programme.seller), (bo, programme.creator)):
        found = [person.page.request.get(person.site.address + path).status for path in paths]
        assert found == [404] * len(paths), dict(zip(paths, found, strict=True))
    for path in ("/collaborations/", "/samples/", "/recruiting/negotiations/", "/plans/"):
        otto.go(path)
        assert not re.search(f"{SHOP}|Everybody|9400", otto.page.content())
    otto.go("/recruiting/invitations/")
    assert "Ada" not in (otto.page.locator("main").text_content() or "")
    bo.go("/creator/collaborations/")
    bo.sees("None yet.")
