"""The page behind a link in a mail: it shows, and only its own button answers."""

import re
from datetime import timedelta

import pytest

from bot.domain.answer import AnswerKind
from bot.services.links import BUTTON_LASTS, LINK_LASTS, Invited
from bot.services.membership import Member
from tests.web.builders import DIALOG, MEETING, World
from tests.web.serving import OWN, Client, form, served

ANNA = Invited(MEETING, "anna@gavle.example")
BO = Invited(MEETING, "bo@gavle.example")
ASKED = ["acknowledge", "done", "postpone", "cannot", "snooze", "nonsense", ""]


def path_of(world: World, invited: Invited = ANNA) -> str:
    return world.answer_links.to(invited).removeprefix("http://loftesbot.test")


def said(world: World) -> list[tuple[AnswerKind, str]]:
    return [(each.kind, each.by) for each in world.standing(MEETING).answers]


def test_the_page_tells_who_answers_and_its_button_answers_once(
    client: Client, world: World
) -> None:
    path = path_of(world)
    page = client.ask(path)
    assert page.status == 200
    assert "Du svarar som <strong>anna@gavle.example</strong>" in page.text
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")

    fields = form(page, "acknowledge")
    replies = [client.send(path, fields) for _ in range(3)]

    assert [(each.status, each.headers["Location"]) for each in replies] == [
        (303, f"{path}#said")
    ] * 3
    assert said(world) == [(AnswerKind.ACKNOWLEDGED, "anna@gavle.example")]
    shown = client.ask(path).text
    assert "Redan noterat: Lägesbild" in shown
    assert "Kvitterat – anna@gavle.example, 8 januari 2018" in shown


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("part", ASKED)
def test_no_get_and_no_head_answers_anything(
    client: Client, world: World, method: str, part: str
) -> None:
    fields = form(client.ask(path_of(world)), "done")
    query = "&".join(f"{name}={value}" for name, value in {**fields, "kind": "done"}.items())
    for path in (f"{path_of(world)}?svar={part}", f"{path_of(world)}?{query}"):
        for headers in ({}, OWN, {"User-Agent": "SafeLinks"}):
            assert client.ask(path, method=method, headers=headers).status == 200
    assert world.answers.standings("gavle") == {}


def test_a_scanner_that_posts_the_link_answers_nothing(client: Client, world: World) -> None:
    path = path_of(world)
    token = path.rpartition("/")[2]
    nonce = {"nonce": "a" * 20, "kind": "done", "part": "done"}
    stale = {**form(client.ask(path), "done"), "kind": "done"}
    other = world.answer_links.button(BO)
    for fields in ({}, nonce, {**nonce, "button": token}, {**nonce, "button": other}):
        assert client.send(path, fields).status == 422
    assert client.send(path, stale, {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert client.send(path, stale, {}).status == 403
    assert client.send(path, {**stale, "nonce": ""}).status == 422
    assert client.ask(path, method="PUT").status == 405
    world.now += BUTTON_LASTS
    reply = client.send(path, stale)
    assert (reply.status, "öppen för länge" in reply.text) == (422, True)
    assert world.answers.standings("gavle") == {}


def test_a_page_that_was_open_too_long_is_sent_again_as_it_was_filled_in(
    client: Client, world: World
) -> None:
    path = path_of(world)
    fields = form(client.ask(path), "cannot") | {"note": "Semester"}
    world.now += BUTTON_LASTS
    page = client.send(path, fields)
    assert "Semester" in page.text
    again = form(page, "cannot") | {"note": "Semester"}
    assert client.send(path, again).status == 303
    assert said(world) == [(AnswerKind.CANNOT, "anna@gavle.example")]


def test_forged_and_old_links_are_refused_with_one_clear_text(client: Client, world: World) -> None:
    good = path_of(world)
    fields = form(client.ask(good), "acknowledge")
    token = good.rpartition("/")[2]
    forged = [
        token[:-1],
        token + "A",
        token[:-4],
        token.upper(),
        "x",
        world.answer_links.button(ANNA),
    ]
    for each in forged:
        shown, sent = client.ask(f"/svar/{each}"), client.send(f"/svar/{each}", fields)
        assert (shown.status, sent.status) == (410, 410)
        assert "Länken gäller inte" in shown.text
        assert "Länken är för gammal eller har inte kommit fram hel" in sent.text
    world.now += LINK_LASTS
    assert client.ask(good).status == 410
    assert world.answers.standings("gavle") == {}


def test_the_token_decides_who_answers_and_what_whatever_the_form_says(
    client: Client, world: World
) -> None:
    path = path_of(world)
    lies = {"by": "Länspolismästaren", "occurrence": DIALOG, "message": "7"}
    assert client.send(path, form(client.ask(path), "acknowledge") | lies).status == 303
    assert said(world) == [(AnswerKind.ACKNOWLEDGED, "anna@gavle.example")]
    assert world.standing(DIALOG).answers == ()


def test_what_stands_can_be_corrected_on_the_page(client: Client, world: World) -> None:
    path = path_of(world)
    world.now += timedelta(hours=4)
    done = form(client.ask(path), "done") | {"kind": "done", "number": "12"}
    client.send(path, done)
    page = client.ask(path)
    assert "Genomförd" in page.text
    correct = form(page, "correct") | {"kind": "cancelled", "note": "Sjukdom"}
    assert client.send(path, correct).status == 303
    outcome = world.standing(MEETING).outcome
    assert outcome
    assert (outcome.kind, outcome.note) == (AnswerKind.CANCELLED, "Sjukdom")


def test_what_is_refused_stays_filled_in_and_names_no_personal_data(
    client: Client, world: World
) -> None:
    path = path_of(world)
    fields = form(client.ask(path), "cannot") | {"note": "19121212-1212 är sjuk"}
    page = client.send(path, fields)
    assert page.status == 422
    assert "Texten ser ut att innehålla ett personnummer" in page.text
    assert page.text.count('role="alert"') == 1
    assert said(world) == []


def test_the_form_that_the_link_is_about_stands_first_and_open(
    client: Client, world: World
) -> None:
    page = client.ask(f"{path_of(world)}?svar=cannot").text
    assert re.findall(r'name="part" value="(\w+)"', page)[0] == "cannot"
    assert len(re.findall(r"<details open", page)) == 1
    assert 'name="by"' not in page


def test_only_those_who_may_answer_do(world: World) -> None:
    world.members = (
        Member("Anna Andersson", ("kommunpolis",), email="Anna@gavle.example"),
        Member("Bo Berg", ("annan",), email="bo@gavle.example"),
    )
    with served(world) as client:
        bos = path_of(world, BO)
        refused = client.send(bos, form(client.ask(bos), "acknowledge"))
        assert (refused.status, "Det här är för Kommunpolis" in refused.text) == (422, True)
        assert said(world) == []
        page = client.ask(path_of(world))
        assert "<strong>Anna Andersson</strong> (anna@gavle.example)" in page.text
        client.send(path_of(world), form(page, "acknowledge"))
    assert said(world) == [(AnswerKind.ACKNOWLEDGED, "Anna Andersson")]


def test_the_link_alone_gives_the_calendar_file_and_the_page_leads_to_it(
    client: Client, world: World
) -> None:
    path = path_of(world)
    assert f'href="{path}/kalender.ics"' in client.ask(path).text
    assert "/occurrences/" not in client.ask(path).text

    found, usual = client.ask(f"{path}/kalender.ics"), client.ask(f"/occurrences/{MEETING}.ics")
    assert (found.status, found.text) == (200, usual.text)
    for name in ("Content-Type", "Content-Disposition", "Cache-Control"):
        assert found.headers[name] == usual.headers[name]
    assert found.headers["X-Robots-Tag"] == "noindex"
    assert world.answers.standings("gavle") == {}


def test_what_has_no_day_has_no_calendar_file_and_a_clear_text(
    client: Client, world: World
) -> None:
    path = path_of(world, Invited(DIALOG, "anna@gavle.example"))
    assert "kalender.ics" not in client.ask(path).text
    refused = client.ask(f"{path}/kalender.ics")
    assert (refused.status, "inget datum som får visas än" in refused.text) == (404, True)


def test_a_forged_or_old_link_gives_no_calendar_file(client: Client, world: World) -> None:
    good = path_of(world)
    for each in (good[:-1], f"{good}A", f"/svar/{world.answer_links.button(ANNA)}"):
        assert client.ask(f"{each}/kalender.ics").status == 410
    world.now += LINK_LASTS
    assert client.ask(f"{good}/kalender.ics").status == 410


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("attending", AnswerKind.ATTENDING),
        ("tentative", AnswerKind.TENTATIVE),
        ("absent", AnswerKind.ABSENT),
    ],
)
def test_who_is_invited_says_on_the_page_whether_they_come(
    world: World, part: str, kind: AnswerKind
) -> None:
    world.inviting = True
    with served(world) as client:
        page = client.ask(f"{path_of(world)}?svar={part}")
        assert re.findall(r'name="part" value="(\w+)"', page.text)[0] == part
        assert said(world) == []
        assert client.send(path_of(world), form(page, part)).status == 303
    assert said(world) == [(kind, "anna@gavle.example")]


def test_nobody_is_asked_whether_they_come_to_what_is_over_or_has_no_day(world: World) -> None:
    world.inviting = True
    with served(world) as client:
        assert ">Kommer<" not in client.ask(path_of(world, Invited(DIALOG, ANNA.reader))).text
        world.now += timedelta(days=1)
        assert ">Kommer<" not in client.ask(path_of(world)).text


def test_without_invitations_the_page_does_not_ask_who_comes(client: Client, world: World) -> None:
    assert ">Kommer<" not in client.ask(path_of(world)).text


def test_without_a_key_there_is_no_such_page(world: World) -> None:
    path = path_of(world)
    world.with_links = False
    with served(world) as client:
        assert client.ask(path).status == 404
