"""The pages in a real browser: by mouse, by keyboard alone, and without scripts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from bot.domain.answer import Answer, AnswerKind
from tests.web.browsing import a_browser, a_page
from tests.web.builders import DIALOG, EFFORT, MEETING, World
from tests.web.serving import Client

pytestmark = pytest.mark.browser
PATHS = [
    "/",
    "/status",
    "/calendar",
    "/calendar/links/1/revoke",
    "/report",
    f"/occurrences/{MEETING}",
]
MOST_TABS = 40


@pytest.fixture
def database_url(one_url: str) -> str:
    return one_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_page(browser) as found:
        yield found


def enter(page: Page, client: Client, by: str = "Kommunpolis") -> None:
    """Open the room, wait until it follows what happens, and say who answers."""
    page.goto(client.address)
    expect(page.locator("#state")).to_contain_text("Sidan uppdateras av sig själv")
    page.get_by_label("Svara som").first.fill(by)


def an_acknowledgement(world: World) -> Answer:
    return Answer(MEETING, AnswerKind.ACKNOWLEDGED, "Styrgruppen", world.now)


def the_article(page: Page) -> Locator:
    return page.get_by_role("article")


def test_a_new_message_appears_by_itself(page: Page, client: Client, world: World) -> None:
    enter(page, client)
    world.post(MEETING)
    expect(the_article(page)).to_contain_text("Påminnelse: Lägesbild")
    expect(page.locator("#live")).to_have_text("Nytt meddelande: Påminnelse: Lägesbild")
    expect(page.locator("#empty")).to_be_hidden()


def test_the_clock_of_the_plan_goes_on_by_itself(page: Page, client: Client, world: World) -> None:
    enter(page, client)
    world.now += timedelta(days=1)
    expect(page.locator("#clock")).to_have_text("tisdag 9 januari 2018 kl. 9.00")


def test_messages_that_come_together_are_each_shown_once(
    page: Page, client: Client, world: World
) -> None:
    world.post(MEETING)
    enter(page, client)
    world.post(DIALOG, "book-14")
    world.post(EFFORT, "day")
    expect(the_article(page)).to_have_count(3)
    expect(the_article(page).last).to_contain_text("Insats mot droger")


def test_a_message_is_acknowledged_by_keyboard_alone(
    page: Page, client: Client, world: World
) -> None:
    world.post(MEETING)
    page.goto(client.address)
    expect(page.locator("#state")).to_contain_text("Sidan uppdateras av sig själv")
    tab_to(page, page.get_by_label("Svara som").first)
    page.keyboard.type("Kommunpolis")
    tab_to(page, page.get_by_role("button", name="Kvittera"))
    page.keyboard.press("Enter")
    expect(the_article(page)).to_contain_text("Kvitterat – Kommunpolis, 8 januari 2018 kl. 9.00")
    expect(page.locator("#live")).to_contain_text("Noterat: Lägesbild")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not reach it")


def test_what_was_done_is_told_in_the_form(page: Page, client: Client, world: World) -> None:
    world.post(DIALOG, "book-14")
    enter(page, client, "Trygghetssamordnare")
    page.locator("summary", has_text="Genomförd").click()
    page.get_by_label("Delvis genomförd").check()
    page.get_by_label("Datum").first.fill("2018-01-05")
    page.get_by_label("Form", exact=True).select_option("Digital")
    page.get_by_label("Antal deltagare").fill("31")
    page.get_by_label("Anteckning").fill("Bra samtal")
    page.get_by_role("button", name="Spara svaret").click()
    said = "Delvis genomförd (5 januari 2018, Sätra, digital, 31 deltagare): ”Bra samtal”"
    expect(the_article(page).locator(".history")).to_contain_text(said)
    expect(the_article(page).locator(".history")).to_contain_text("Trygghetssamordnare")
    expect(the_article(page)).to_contain_text("Besvarad")
    assert world.standing(DIALOG).answers[0].kind is AnswerKind.PARTLY_DONE


def test_a_refusal_is_told_where_it_was_entered(page: Page, client: Client, world: World) -> None:
    world.post(MEETING)
    enter(page, client)
    page.locator("summary", has_text="Genomförd").click()
    page.get_by_label("Inställd").check()
    with page.expect_response("**/answers"):
        page.get_by_role("button", name="Spara svaret").click()
    expect(the_article(page).locator(".told")).to_contain_text("behöver en orsak")
    expect(page.get_by_label("Inställd")).to_be_checked()


def test_what_somebody_is_writing_is_not_swept_away(
    page: Page, client: Client, world: World
) -> None:
    world.post(MEETING)
    enter(page, client)
    page.locator("summary", has_text="Kan inte").click()
    page.get_by_label("Orsak").last.fill("Halvskriven")
    world.site().desk.give(an_acknowledgement(world))
    changed = page.get_by_role("button", name="Uppdaterat – ladda om")
    expect(changed).to_be_visible()
    expect(page.get_by_label("Orsak").last).to_have_value("Halvskriven")
    changed.click()
    expect(the_article(page)).to_contain_text("Kvitterat – Styrgruppen")


def test_everything_works_without_scripts(browser: Browser, client: Client, world: World) -> None:
    world.post(MEETING)
    world.post(DIALOG, "book-14")
    with a_page(browser, scripts=False) as page:
        page.goto(client.address)
        page.get_by_label("Svara som").first.fill("Kommunpolis")
        page.get_by_role("button", name="Spara", exact=True).click()
        expect(page.locator("#said")).to_contain_text("Du svarar som Kommunpolis.")
        page.get_by_role("button", name="Kvittera").first.click()
        expect(page.locator("#said")).to_contain_text("Noterat: Lägesbild")
        page.locator("summary", has_text="Boka datum").click()
        page.locator("details[open]").get_by_label("Datum").fill("2018-02-06")
        page.get_by_role("button", name="Boka", exact=True).click()
        expect(page.locator("#said")).to_contain_text("Bokad (tisdag 6 februari 2018, Sätra)")


@pytest.mark.parametrize("scripts", [True, False])
def test_answers_are_taken_on_a_plain_name_in_the_network(
    browser: Browser, client: Client, world: World, *, scripts: bool
) -> None:
    world.post(MEETING)
    with a_page(browser, scripts=scripts) as page:
        page.goto(f"http://loftesbot.test:{client.port}/")
        page.get_by_label("Svara som").first.fill("Kommunpolis")
        with page.expect_response("**/name"):
            page.get_by_role("button", name="Spara", exact=True).click()
        page.get_by_role("button", name="Kvittera").click()
        expect(the_article(page)).to_contain_text("Kvitterat – Kommunpolis")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_needs_sideways_scrolling_at_320_pixels(
    browser: Browser, client: Client, world: World, path: str
) -> None:
    world.post(MEETING)
    world.post(DIALOG, "book-14")
    with a_page(browser, width=320) as page:
        page.goto(client.address + path)
        for each in page.locator("summary").all():
            each.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(
    page: Page, client: Client, world: World, path: str, scheme: str
) -> None:
    for occurrence, step in [(MEETING, "nag-1"), (DIALOG, "book-14"), (EFFORT, "day")]:
        world.post(occurrence, step)
    world.site().desk.give(an_acknowledgement(world))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(client.address + path)
    for each in page.locator("summary").all():
        each.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_calendar_link_is_made_and_ended_on_the_narrowest_screen(
    browser: Browser, client: Client, *, scripts: bool
) -> None:
    with a_page(browser, width=320, scripts=scripts) as page:
        page.goto(f"{client.address}/calendar")
        page.get_by_label("Vad kalendern ska visa").select_option(label="Kommunpolis")
        page.get_by_label("Utan namn och detaljer").check()
        page.get_by_role("button", name="Skapa en länk").click()
        expect(page.get_by_role("img", name="QR-kod med länken")).to_be_visible()
        assert "/feeds/" in page.get_by_label("Länk att klistra in").input_value()
        if scripts:
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert Axe().run(page).violations_count == 0
        page.get_by_role("link", name="Tillbaka till Kalender").click()
        page.get_by_role("link", name="Dra in länk 3").click()
        page.get_by_role("button", name="Ja, dra in länken").click()
        expect(page.locator("#said")).to_have_text("✓ Länk 3 är indragen.")


def test_what_can_be_pressed_is_large_enough(page: Page, client: Client, world: World) -> None:
    world.post(MEETING)
    page.goto(client.address)
    sizes = page.locator("button:visible, summary:visible, nav a, .asks a").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
