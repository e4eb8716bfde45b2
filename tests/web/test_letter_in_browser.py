"""A mail and the page of its link in a real browser: without scripts, small, by every rule."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.mail.wording import Wording
from bot.services.links import Invited
from tests.mail.test_letter import MESSAGE, READER, WITH_ALL
from tests.web.browsing import a_browser, a_page
from tests.web.builders import MEETING, World
from tests.web.serving import Client

pytestmark = pytest.mark.browser
ANNA = Invited(MEETING, "anna@gavle.example")


@pytest.fixture
def database_url(one_url: str) -> str:
    return one_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


def visit(page: Page, client: Client, world: World, answer: str = "") -> None:
    path = world.answer_links.to(ANNA).removeprefix("http://loftesbot.test")
    page.goto(f"{client.address}{path}{answer}")


def test_a_link_is_answered_and_corrected_without_scripts(
    browser: Browser, client: Client, world: World
) -> None:
    with a_page(browser, scripts=False) as page:
        visit(page, client, world, "?svar=done")
        page.locator("details[open]").get_by_label("Antal deltagare").fill("12")
        page.get_by_role("button", name="Spara svaret").click()
        expect(page.locator("#said")).to_contain_text("Noterat: Lägesbild")
        expect(page.get_by_role("article")).to_contain_text("12 deltagare")
        page.locator("summary", has_text="Rätta svaret").click()
        page.locator("details[open]").get_by_label("Delvis genomförd").check()
        page.get_by_role("button", name="Spara rättelsen").click()
        expect(page.locator("#said")).to_contain_text("Delvis genomförd")


def test_a_link_on_a_plain_name_in_the_network_can_be_answered(
    browser: Browser, client: Client, world: World
) -> None:
    with a_page(browser) as page:
        path = world.answer_links.to(ANNA).removeprefix("http://loftesbot.test")
        page.goto(f"http://loftesbot.test:{client.port}{path}")
        page.get_by_role("button", name="Kvittera").click()
        expect(page.locator("#said")).to_contain_text("Noterat: Lägesbild")


@pytest.mark.parametrize("answer", ["", "?svar=cannot"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_breaks_no_rule_and_fits_320_pixels(
    browser: Browser, client: Client, world: World, answer: str, scheme: str
) -> None:
    with a_page(browser, width=320) as page:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        visit(page, client, world, answer)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_mail_breaks_no_rule_and_fetches_nothing(browser: Browser) -> None:
    with a_page(browser, width=320) as page:
        asked: list[str] = []
        page.on("request", lambda each: asked.append(each.url))
        page.set_content(Wording(MESSAGE, WITH_ALL, READER).html)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert asked == []
