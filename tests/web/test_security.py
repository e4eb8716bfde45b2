"""What must not happen, whoever asks and however."""

import pytest

from tests.web.builders import MEETING, World
from tests.web.serving import Client, answer

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]
FORMS = ["/answers", "/name", "/calendar/links"]
CHANGES = ["/calendar/links/1/revoke", "/calendar/links/1/rotate"]


@pytest.fixture
def database_url(one_url: str) -> str:
    return one_url


@pytest.mark.parametrize("path", [*FORMS, *CHANGES])
@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_from_another_site_is_refused(
    client: Client, world: World, path: str, headers: dict[str, str]
) -> None:
    fields = answer(MEETING, "done") | {"plan": "gavle"}
    reply = client.send(path, fields, headers)
    assert reply.status == 403
    assert "ingenting har ändrats" in reply.text
    assert world.answers.standings("gavle") == {}
    assert len(world.links.every()) == 2
    assert len(world.calendars.in_force()) == 1


def test_without_the_browsers_word_the_origin_must_be_the_host(
    client: Client, world: World
) -> None:
    reply = client.send("/answers", answer(MEETING, "done"), {"Origin": client.address})
    assert reply.status == 303
    assert len(world.standing(MEETING).answers) == 1


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_posted_form_changes_anything(
    client: Client, world: World, path: str, method: str
) -> None:
    query = "occurrence=gavle/lagesbild/2018-W02&kind=done&by=K&nonce=aaaaaaaaaaaaaaaaaaaa"
    reply = client.ask(f"{path}?{query}", method=method, headers={"Sec-Fetch-Site": "none"})
    assert reply.status == 405
    assert reply.headers["Allow"] == "POST"
    assert world.answers.standings("gavle") == {}


def test_a_form_sent_twice_is_one_answer(client: Client, world: World) -> None:
    fields = answer(MEETING, "snoozed")
    client.send("/answers", fields)
    again = client.send("/answers", fields)
    assert again.status == 303
    assert len(world.standing(MEETING).answers) == 1
    assert "Redan noterat: " in client.ask("/").text


def test_a_settled_occurrence_is_refused_politely(client: Client, world: World) -> None:
    client.send("/answers", answer(MEETING, "done"))
    reply = client.send("/answers", answer(MEETING, "cancelled", note="Ändå inte"))
    assert reply.status == 422
    assert "Tillfället är redan besvarat: genomförd (Kommunpolis" in reply.text
    assert len(world.standing(MEETING).answers) == 1


PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


def test_texts_of_people_stay_texts(client: Client, world: World) -> None:
    world.post(MEETING)
    fields = answer(MEETING, "cannot", by=PAYLOAD[:60], note=PAYLOAD, stand_in=PAYLOAD)
    client.send("/answers", fields)
    page = client.ask("/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page


def test_a_refused_form_comes_back_escaped(client: Client, world: World) -> None:
    world.post(MEETING)
    fields = answer(MEETING, "cannot", by=PAYLOAD * 2, note=PAYLOAD, part="cannot", message="1")
    reply = client.send("/answers", fields)
    assert reply.status == 422
    assert "<script>alert" not in reply.text
    assert "<img src=x" not in reply.text


def test_invisible_characters_are_dropped(client: Client, world: World) -> None:
    client.send("/answers", answer(MEETING, "cannot", note="a\x00b\x1b[31m\u202ec\nd"))
    assert world.standing(MEETING).answers[0].note == "ab[31mc\nd"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", ""])
def test_only_the_sites_own_names_are_answered(client: Client, host: str) -> None:
    assert client.ask("/", headers={"Host": host}).status == 400


@pytest.mark.parametrize(
    "path", ["/", "/status", "/status.json", "/health", "/nowhere", "/static/site.css"]
)
def test_every_response_carries_the_security_headers(client: Client, path: str) -> None:
    headers = client.ask(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_no_page_has_code_or_style_inline(client: Client, world: World) -> None:
    world.post(MEETING)
    for path in ["/", "/status", "/calendar", "/report", "/nowhere"]:
        page = client.ask(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page


def test_too_large_a_form_is_refused(client: Client, world: World) -> None:
    reply = client.send("/answers", answer(MEETING, "done", note="x" * 70_000))
    assert reply.status == 413
    assert "för stort" in reply.text


def test_too_many_fields_are_refused(client: Client) -> None:
    assert client.send("/answers", {f"f{n}": "" for n in range(40)}).status == 400


def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    assert client.ask("/answers", method="POST", body="{}", headers=headers).status == 415


def test_who_answers_is_told_to_this_site_only(client: Client) -> None:
    cookie = client.send("/name", {"by": "Kommunpolis"}).headers.get_all("Set-Cookie") or []
    assert all("SameSite=" in each and "HttpOnly" in each for each in cookie)
    assert any(each.startswith("by=Kommunpolis") and "SameSite=lax" in each for each in cookie)
