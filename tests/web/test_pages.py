"""The other pages: status, report, calendar, health, and what is said when something is wrong."""

from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.errors import DatabaseTroubleError
from bot.services.desk import Desk
from bot.web.site import make_site
from tests.web.builders import DIALOG, MEETING, World
from tests.web.serving import Client, answer, listening


def test_the_status_counts_what_was_promised_and_done(client: Client) -> None:
    client.send("/answers", answer(MEETING, "done"))
    page = client.ask("/status").text
    assert "Gävle 2018" in page
    assert "Enligt plan" in page
    assert "Medborgardialog" in page


def test_the_status_can_leave_out_what_is_on_track(client: Client) -> None:
    page = client.ask("/status?show=attention").text
    assert "Inget att visa här: allt går enligt plan." in page


def test_the_status_is_there_for_programs(client: Client) -> None:
    client.send("/answers", answer(DIALOG, "booked", day="2018-02-06"))
    reply = client.ask("/status.json")
    assert reply.json["as_of"] == "2018-01-08T09:00:00+01:00"
    (row,) = [r for r in reply.json["rows"] if r["area"] == "satra"]
    assert row["commitment"] == "medborgardialog"
    assert [row[name] for name in ("promised", "booked", "done", "remaining")] == [2, 1, 0, 2]
    assert (row["pace"], row["last_sensible_date"]) == ("enligt plan", "2018-02-06")


def test_the_report_is_as_of_the_plans_today(client: Client) -> None:
    assert "<h1>gavle 2018-01-08</h1>" in client.ask("/report?plan=gavle").text
    asked = client.ask("/report?plan=gavle&as_of=2018-01-02")
    assert "<h1>gavle 2018-01-02</h1>" in asked.text
    assert "style-src 'sha256-" in asked.headers["Content-Security-Policy"]


def test_a_day_that_has_not_been_has_no_report(client: Client) -> None:
    asked = client.ask("/report?plan=gavle&as_of=2018-11-30")
    assert (asked.status, "har inte varit än" in asked.text) == (400, True)


def test_the_report_asks_which_plan_is_meant(client: Client) -> None:
    page = client.ask("/report").text
    assert '<option value="gavle">Gävle 2018</option>' in page
    assert 'value="2018-01-08"' in page


def test_health_is_for_machines(client: Client, world: World) -> None:
    reply = client.ask("/health")
    assert (reply.status, reply.json) == (200, {"status": "ok"})
    world.healthy = False
    assert client.ask("/health").status == 503


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/nowhere", 404, "Sidan finns inte"),
        ("/static/nothing.css", 404, "Sidan finns inte"),
        ("/answers", 405, "Så kan sidan inte användas"),
        ("/report?plan=annan", 404, "Det finns ingen plan med det namnet."),
        ("/report?plan=gavle&as_of=igår", 400, "Skriv den som ÅÅÅÅ-MM-DD"),
        ("/occurrences/gavle/finns/inte.ics", 404, "Det finns inget tillfälle med id"),
        (f"/occurrences/{DIALOG}.ics", 404, "Tillfället har inget datum som får visas än"),
    ],
)
def test_what_is_wrong_is_said_in_swedish(
    client: Client, path: str, status: int, text: str
) -> None:
    reply = client.ask(path.replace("å", "%C3%A5"))
    assert reply.status == status
    assert text in reply.text
    assert '<html lang="sv">' in reply.text


def test_other_routes_can_stand_beside_ours(world: World) -> None:
    def greet(_request: Request) -> Response:
        return Response("hej")

    site = make_site(world.site(), extra=[Route("/slack", greet)])
    with listening(site, world.closing) as port:
        assert Client(port, world).ask("/slack").text == "hej"


class GoneDesk(Desk):
    def status(self) -> dict[str, list[object]]:  # type: ignore[override]  # it never returns
        raise DatabaseTroubleError("Databasen svarar inte.")


def test_while_the_database_does_not_work_a_page_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    site = world.site()
    desk = site.desk
    gone = GoneDesk(desk.agendas, desk.answers, desk.receipts, desk.clock, desk.changed)
    with listening(make_site(replace(site, desk=gone)), world.closing) as port:
        reply = Client(port, world).ask("/status")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "10")
    assert "Just nu går det inte" in reply.text
    assert "Databasen svarar inte." in reply.text
    assert caplog.text == ""


class BrokenDesk(Desk):
    def status(self) -> dict[str, list[object]]:  # type: ignore[override]  # it never returns
        raise RuntimeError("secret detail")


def test_a_fault_of_ours_shows_no_traceback(world: World) -> None:
    site = world.site()
    desk = site.desk
    broken = BrokenDesk(desk.agendas, desk.answers, desk.receipts, desk.clock, desk.changed)
    with listening(make_site(replace(site, desk=broken)), world.closing) as port:
        reply = Client(port, world).ask("/status")
    assert reply.status == 500
    assert "Något gick fel hos oss" in reply.text
    assert "secret detail" not in reply.text
    assert "Content-Security-Policy" in reply.headers
