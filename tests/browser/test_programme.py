"""The programme from a company's first shop to confirmed content, and who sees none of it.

Walked whole in each language, by people who read nothing else: buttons and fields are found by
what they are called there.
"""

import gettext
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.app.catalog.papers import pdf, picture
from tests.browser.conftest import LANGUAGES, ROOT, Site, Visitor
from tests.browser.test_pages import nameless, sideways

pytestmark = pytest.mark.browser

PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}
PRODUCT = "Night serum"
CHINESE = ROOT / "src" / "linkstar" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
PLAYERS = {"en": ("mia", "ada", "bo", "cleo"), "zh-hans": ("min", "ai", "bei", "chen")}
"""Who owns the company, and the three creators it finds; a set for each language."""
Meet = Callable[..., "Person"]


def catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with CHINESE.open("rb") as file:
        return gettext.GNUTranslations(file)


class Person(Visitor):
    """Somebody at a browser of their own, who reads one language."""

    def __init__(self, page: Page, site: Site, language: str) -> None:
        super().__init__(page, site)
        self.words = catalogue(language)

    def said(self, english: str, **named: object) -> str:
        """What the pages say for it in this person's language; `context|text` where it has one."""
        context, _, text = english.rpartition("|")
        told = self.words.pgettext(context, text) if context else self.words.gettext(text)
        return told % named if named else told

    def go(self, path: str) -> None:
        self.page.goto(self.site.address + path)

    def press(self, english: str, **named: object) -> None:
        name = self.said(english, **named)
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, english: str) -> None:
        """A link by what it says; a name of somebody is the same in every language."""
        self.page.get_by_role("link", name=self.said(english), exact=True).first.click()

    def field(self, english: str, **named: object) -> Locator:
        return self.page.get_by_label(self.said(english, **named), exact=True)

    def write(self, **said: str) -> None:
        """Fill in fields by their names in the form of the page."""
        for name, value in said.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def sees(self, english: str, **named: object) -> None:
        expect(self.page.locator("main")).to_contain_text(self.said(english, **named))

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.address)


@dataclass
class Programme:
    """Whom the walk leaves behind, and the addresses of what they made."""

    language: str
    mia: Person
    ada: Person
    rosa: Person
    names: tuple[str, ...]
    seller: list[str] = field(default_factory=list)
    creator: list[str] = field(default_factory=list)

    @property
    def shop(self) -> str:
        return f"{self.names[0]} Skin US"

    @property
    def campaign(self) -> str:
        return f"Winter glow of {self.names[0]}"


@pytest.fixture(scope="module")
def meet(browser: Browser, site: Site) -> Iterator[Meet]:
    """Signs a person in at a window of their own; what it complained about must be nothing."""
    people: list[Person] = []

    def met(name: str, window: dict[str, int] = DESK, language: str = "en") -> Person:
        context = browser.new_context(viewport=window, locale="en-US")
        context.set_default_timeout(20_000)
        person = Person(context.new_page(), site, language)
        person.sign_in(f"{name}@example.com")
        person.speak(language)
        people.append(person)
        return person

    yield met
    for person in people:
        person.page.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture(scope="module", params=LANGUAGES)
def programme(request: pytest.FixtureRequest, meet: Meet) -> Programme:
    """The whole walk, once in each language."""
    language: str = request.param
    owner, first, _second, third = PLAYERS[language]
    walked = Programme(
        language,
        mia=meet(owner, language=language),
        ada=meet(first, PHONE, language),
        rosa=meet("rosa", language=language),
        names=tuple(name.title() for name in PLAYERS[language]),
    )
    shop = opens_a_shop(walked.mia, walked.shop)
    is_not_let_recruit(walked.mia)
    is_returned_once_and_then_approved(walked, shop)
    switches_linkstar_on(walked.mia, shop)
    sells_a_product_under_a_plan(walked.mia)
    finds_by_recommendation(walked)
    finds_by_search(walked)
    finds_by_campaign(walked, meet(third, PHONE, language))
    negotiates(walked)
    sends_the_sample(walked)
    posts(walked)
    return walked


def opens_a_shop(mia: Person, name: str) -> str:
    mia.go("/settings/shops/new/")
    mia.write(name=name, category="Beauty & Personal Care")
    mia.page.locator("main form .btn-primary").click()
    mia.go("/settings/")
    address = mia.page.get_by_role("link", name=name).first.get_attribute("href") or ""
    return re.findall(r"shops/(\w+)/", address)[0]


def is_not_let_recruit(mia: Person) -> None:
    mia.go("/recruiting/campaigns/")
    mia.sees(
        "The shop is not qualified yet: nothing can be offered or agreed until its papers are"
        " approved."
    )
    mia.follow("To the qualification")


def uploads(mia: Person, kind: str, name: str, content: bytes, mime: str) -> None:
    mia.field("What it is").select_option(kind)
    paper = {"name": name, "mimeType": mime, "buffer": content}
    mia.field("File").set_input_files(paper)
    mia.press("Upload")
    mia.sees(name)


def is_returned_once_and_then_approved(walked: Programme, shop: str) -> None:
    mia, rosa = walked.mia, walked.rosa
    mia.go(f"/settings/shops/{shop}/qualification/")
    mia.write(
        company_name="Mia Skin Ltd.",
        registration_number="91440300MA5EXAMPLE",
        legal_representative="Mia Chen",
        contact_phone="+86 755 1234 5678",
    )
    mia.field("Company e-mail").select_option(index=1)
    mia.press("Save the company")
    uploads(mia, "business_licence", "licence.pdf", pdf(), "application/pdf")
    uploads(mia, "legal_representative_id", "id.png", picture(), "image/png")
    mia.press("Hand in for review")

    rosa.go("/review/")
    rosa.follow(walked.shop)
    rosa.field("What is wrong with %(name)s", name="id.png").fill("The number cannot be read.")
    rosa.press("Return with reasons")

    mia.page.reload()
    mia.sees("The number cannot be read.")
    mia.press("Remove %(name)s", name="id.png")
    uploads(mia, "legal_representative_id", "id-again.png", picture(), "image/png")
    mia.press("Hand in for review")
    rosa.go("/review/")
    rosa.follow(walked.shop)
    rosa.press("Approve")
    mia.page.reload()
    mia.follow("To the affiliate service")


def switches_linkstar_on(mia: Person, shop: str) -> None:
    assert mia.path == f"/affiliate/{shop}/"
    mia.field("I accept these terms for the company").check()
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
    mia.write(name="Serum for all", rate_bps="15%")
    mia.press("Make the plan")
    mia.sees("Serum for all")


def invites(mia: Person, name: str) -> None:
    """Mark a creator in the list shown, see what would happen, send."""
    mia.page.get_by_role("checkbox", name=name, exact=True).check()
    mia.press("Invite")
    mia.page.locator("main select[name=products]").select_option(label=PRODUCT)
    mia.page.locator("main [name=needs_sample]").check()
    mia.press("See what would happen")
    mia.sees(
        "%(sent)s would be sent and spend %(spent)s, %(held)s are held back.",
        sent=1, spent=1, held=0,
    )  # fmt: skip
    mia.press("Send")
    mia.sees(name)


def finds_by_recommendation(walked: Programme) -> None:
    mia = walked.mia
    mia.go("/recruiting/recommendations/")
    mia.field("For the product").select_option(label=PRODUCT)
    mia.press("Rank creators for this product")
    invites(mia, walked.names[1])


def finds_by_search(walked: Programme) -> None:
    walked.mia.go(f"/recruiting/?q={PLAYERS[walked.language][2]}")
    invites(walked.mia, walked.names[2])


def finds_by_campaign(walked: Programme, cleo: Person) -> None:
    mia = walked.mia
    mia.go("/recruiting/campaigns/new/")
    today = mia.page.evaluate("new Date(Date.now() - 864e5).toISOString().slice(0, 10)")
    year = int(today[:4]) + 1
    mia.write(
        title=walked.campaign, rate="12", starts_on=today, last_on=f"{year}-12-31",
        signup_last_on=f"{year}-06-30",
    )  # fmt: skip
    mia.page.locator("main select[name=products]").select_option(label=PRODUCT)
    mia.press("Save as a draft")
    mia.press("Open for sign-up")
    walked.seller.append(mia.path)
    cleo.go("/creator/campaigns/")
    cleo.follow(walked.campaign)
    cleo.press("campaign|Sign up")
    mia.page.reload()
    mia.press("Select")
    mia.follow("negotiation|Open")
    mia.follow("To the collaboration")
    mia.sees(walked.names[3])
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
    mia.follow(walked.names[1])
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
    ada.page.locator("main select[name=product]").first.select_option(label=PRODUCT)
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
    """The creator makes a link of her own, on the phone, and hands in what she posted."""
    mia, ada = walked.mia, walked.ada
    ada.page.locator("form[action$='/link/'] select[name=product]").select_option(label=PRODUCT)
    ada.press("Make the link")
    expect(ada.page.locator("main code").first).to_contain_text("/r/")
    ada.press("Copy")
    expect(ada.page.locator("[data-copy]").first).to_contain_text(ada.said("Copied"))
    mia.go(ada.path.removeprefix("/creator"))
    walked.seller.append(
        mia.page.locator("main a[href^='/tracking/links/']").get_attribute("href") or ""
    )
    ada.follow("Hand in the link")
    walked.creator.append(ada.path)
    ada.write(url="https://www.tiktok.com/@ada/video/73", content_id="73")
    ada.press("Hand in")
    mia.page.reload()
    mia.press("Confirm")
    expect(mia.page.locator(".page-head")).to_contain_text(mia.said("completed"))


def test_it_is_walked_from_the_first_shop_to_confirmed_content(programme: Programme) -> None:
    ada, shop = programme.ada, programme.shop
    ada.go("/notifications/")
    ada.sees("%(shop)s invites you to promote %(product)s", shop=shop, product=PRODUCT)
    ada.sees("%(sender)s approved your sample of %(product)s", sender=shop, product=PRODUCT)
    ada.sees(
        "Your sample of %(product)s from %(sender)s is on its way", sender=shop, product=PRODUCT
    )
    ada.sees("%(sender)s confirmed content %(number)s", sender=shop, number=1)
    programme.mia.go("/samples/")
    programme.mia.sees("$9.50")


def test_its_pages_are_whole_on_a_desk_and_a_phone(programme: Programme) -> None:
    seller = ["/collaborations/", "/collaborations/?view=table", "/samples/", "/affiliate/"]
    seller += ["/recruiting/invitations/", "/recruiting/negotiations/", *programme.seller]
    creator = ["/creator/", "/creator/offers/", "/creator/campaigns/", "/creator/collaborations/"]
    creator += [*programme.creator, "/creator/income/", "/creator/profile/", "/notifications/"]
    problems = []
    for person, paths in ((programme.mia, seller), (programme.ada, creator)):
        for path in paths:
            person.page.set_viewport_size(DESK)
            person.go(path)
            problems += spoken_wrongly(person.page, programme)
            problems += [f"{path}: nobody says what {name} is" for name in nameless(person.page)]
            for window in (DESK, PHONE):
                person.page.set_viewport_size(window)
                problems += [f"{path} {window}"] if sideways(person.page) > 0 else []
        problems += person.complaints
    assert problems == []


def test_a_creator_gets_everywhere_by_the_tabs_of_her_phone(programme: Programme) -> None:
    ada = programme.ada
    ada.page.set_viewport_size(PHONE)
    ada.go("/creator/")
    tabs = ada.page.locator("nav.side ul a")
    boxes = [tabs.nth(place).bounding_box() for place in range(tabs.count())]
    shown = [box for box in boxes if box]
    assert len(shown) == 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in shown)
    assert all(box["height"] >= 44 for box in shown)
    for place in range(4):
        tabs.nth(place).focus()
        ada.page.keyboard.press("Enter")
        expect(tabs.nth(place)).to_have_attribute("aria-current", "page")


def spoken_wrongly(page: Page, walked: Programme) -> list[str]:
    """Headings and buttons that are not in the language of the page; names stay as they are."""
    own = "|".join([walked.shop, *walked.names, *PLAYERS[walked.language]])
    names = re.compile(rf"{own}|{PRODUCT}|Winter glow of|LinkStar|CTR|LIVE|ID|\W|\d")
    said = page.locator("main :is(h1, h2, button, .btn, th, dt, label)").all_text_contents()
    left = [names.sub("", text) for text in said]
    is_chinese = [re.search("[一-鿿]", text) is not None for text in left]
    wanted = walked.language == "zh-hans"
    return [
        f"{page.url}: {text.strip()}"
        for text, rest, spoken in zip(said, left, is_chinese, strict=True)
        if rest and spoken is not wanted
    ]


def test_another_company_and_another_creator_see_none_of_it(programme: Programme, meet) -> None:
    otto, bo = meet("otto"), meet(PLAYERS[programme.language][2], PHONE)
    for person, paths in ((otto, programme.seller), (bo, programme.creator)):
        found = [person.page.request.get(person.site.address + path).status for path in paths]
        assert found == [404] * len(paths), dict(zip(paths, found, strict=True))
    for path in ("/collaborations/", "/samples/", "/recruiting/negotiations/", "/plans/"):
        otto.go(path)
        assert not re.search(f"{programme.shop}|Serum for all|9400", otto.page.content())
    otto.go("/recruiting/invitations/")
    assert programme.names[1] not in (otto.page.locator("main").text_content() or "")
    bo.go("/creator/collaborations/")
    bo.sees("None yet.")
