"""Commands over the ledger: jobs, status, answer, book, report, feed, db."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.app.office import Office, open_office
from bot.cli.parser import FORM_WORDS
from bot.domain.answer import Answer, AnswerKind
from bot.domain.errors import SettingsError, UnknownFeedError, UnknownLinkError
from bot.domain.feed import Feed, FeedLink, FeedScope, feed_address
from bot.domain.swedish import PACE_SYMBOLS, PACES, day_text, moment_text, period_text
from bot.domain.walltime import instant, local_day
from bot.reports.document import as_html, as_json
from bot.reports.structure import row_data
from bot.services.following_up import StatusRow
from bot.services.following_up import status as status_rows
from bot.settings import load_settings
from bot.storage.addresses import shown
from bot.storage.database import open_database
from bot.storage.lock import sole_service

UNKNOWN_ZONE = ZoneInfo("Europe/Stockholm")
LISTED = "`loftesbot feed list` visar dem."


def jobs(options: Namespace) -> int:
    """List every job with its next time on the plan's clock."""
    from bot.app.service import jobs as every_job

    with open_for(options, adopt=False) as office:
        for each in every_job(office):
            plan = office.agendas[each.id.partition("/")[0]].plan
            if options.json:
                next_run = (
                    each.next_run.astimezone(plan.zone).isoformat() if each.next_run else None
                )
                print_json({"id": each.id, "name": each.name, "next": next_run})
            else:
                when = moment_text(each.next_run, plan.zone) if each.next_run else "inget planerat"
                print(f"{each.id}\n  {each.name}: {when}")
        return 0


def status(options: Namespace) -> int:
    """Show where each promise stands."""
    with open_for(options, adopt=False) as office:
        for agenda in office.agendas.values():
            as_of = _end_of(options.as_of, office, agenda.plan.id)
            rows = status_rows(agenda, office.answers.standings(agenda.plan.id), as_of=as_of)
            if not options.json:
                print(f"{agenda.plan.title}, läget {moment_text(as_of, agenda.plan.zone)}")
            for row in rows:
                if options.json:
                    print_json(row_data(row) | {"plan": agenda.plan.id})
                else:
                    print(_status_text(row))
        return 0


def answer(options: Namespace) -> int:
    """Do what the buttons do."""
    with open_for(options) as office:
        given = Answer(
            occurrence=options.occurrence,
            kind=options.kind,
            by=options.by,
            at=office.now(),
            day=options.day,
            start=options.start,
            end=options.end,
            area=options.area,
            form=FORM_WORDS.get(options.form),
            number=options.number,
            note=options.note,
            stand_in=options.stand_in,
        )
        return _give(office, given, correct=options.correct)


def book(options: Namespace) -> int:
    """Give a slot its day."""
    with open_for(options) as office:
        given = Answer(
            occurrence=options.occurrence,
            kind=AnswerKind.BOOKED,
            by=options.by,
            at=office.now(),
            day=options.day,
            start=options.start,
            end=options.end,
            note=options.note,
        )
        return _give(office, given, correct=False)


def report(options: Namespace) -> int:
    """Write the follow-up, of one plan at a time."""
    with open_for(options, adopt=False) as office:
        if len(office.agendas) != 1:
            names = ", ".join(office.agendas)
            raise SettingsError(f"Databasen har flera planer: {names}. Ange en med --plan FIL.")
        _refuse_future(options.as_of, office)
        found = office.follow_up(next(iter(office.agendas)), options.as_of)
        seal = office.log.seal(found.plan.id)
        text = as_html(found, seal) if options.format == "html" else as_json(found, seal)
        if options.output:
            options.output.write_text(text, encoding="utf-8")
        else:
            print(text)
        return 0


def feed(options: Namespace) -> int:
    """Create, list, change or revoke links to calendars."""
    with open_for(options, adopt=options.action == "create") as office:
        if options.action == "list":
            for each in office.feeds.every():
                print(_link_text(office, each))
        elif options.action == "create":
            for made in _asked_for(options, office):
                _print_link(office, office.calendars.create(made))
        elif options.number is None:
            raise SettingsError(f"Ange länkens nummer; {LISTED}")
        else:
            _change(office, options.action, options.number)
        return 0


def _change(office: Office, action: str, number: int) -> None:
    """End a link, with another in its place where it is changed."""
    try:
        if action == "rotate":
            _print_link(office, office.calendars.rotate(number))
        else:
            office.calendars.revoke(number)
            print(f"Länk {number} är indragen.")
    except UnknownLinkError as error:
        raise SettingsError(f"{error} {LISTED}") from None


def _asked_for(options: Namespace, office: Office) -> list[Feed]:
    """The feeds to link to, one in each plan that has such a thing."""
    scope = FeedScope(options.scope)
    every = [Feed(plan, scope, options.of, options.discreet) for plan in office.agendas]
    found, missing = list[Feed](), list[UnknownFeedError]()
    for each in every:
        try:
            found.append(office.calendars.known(each))
        except UnknownFeedError as error:
            missing.append(error)
    if not found:
        raise missing[0]
    return found


def _print_link(office: Office, token: str) -> None:
    print(feed_address(office.address, token))


def _link_text(office: Office, link: FeedLink) -> str:
    agenda = office.agendas.get(link.feed.plan)
    zone = agenda.plan.zone if agenda else UNKNOWN_ZONE
    state = f"upphörde {day_text(local_day(link.ended, zone))}" if link.ended else "gäller"
    what, created = office.calendars.described(link.feed), day_text(local_day(link.created, zone))
    return f"{link.number}  {link.feed.plan}  {what}  skapad {created}  {state}"


def db(options: Namespace) -> int:
    """Bring the tables up to date, as every command does, or copy all of it elsewhere."""
    settings = load_settings()
    if options.action == "copy":
        return _copy(settings.database.url, options.to)
    open_office(settings).database.close()
    print(f"{shown(settings.database.url)} är aktuell.")
    return 0


def _copy(url: str, target: str | None) -> int:
    from bot.storage.copying import copy_database

    if not target:
        raise SettingsError("Ange vart databasen ska kopieras: loftesbot db copy --to URL")
    with sole_service(url), closing(open_database(url)) as ours:
        with closing(open_database(target)) as theirs:
            for each in copy_database(ours, theirs):
                print(f"{each.table}: {each.rows} rader, lika på båda sidor")
    print(f"Kopierad till {shown(target)}. Ange den i LOFTESBOT_DATABASE__URL och starta om.")
    return 0


def _give(office: Office, given: Answer, *, correct: bool) -> int:
    desk = office.desk(lambda _occurrence: None)
    taken = desk.give(given, correct=correct)
    print(desk.confirmation(taken))
    return 0


@contextmanager
def open_for(options: Namespace, *, adopt: bool = True) -> Iterator[Office]:
    """Open what the command works on: the plans named by ``--plan``, else all that are known.

    A command that only reads adopts nothing, so that it never starts a plan.
    """
    settings = load_settings()
    office = open_office(settings, options.plan or settings.plans, adopt=adopt)
    with closing(office.database):
        if not office.agendas:
            raise SettingsError("Databasen har ingen plan. Ange en med --plan FIL.")
        yield office


def _refuse_future(as_of: date | None, office: Office) -> None:
    zone = next(iter(office.agendas.values())).plan.zone
    if as_of and as_of > local_day(office.now(), zone):
        raise SettingsError("Den dagen har inte varit än. Välj i dag eller en tidigare dag.")


def _end_of(as_of: date | None, office: Office, plan: str) -> datetime:
    zone = office.agendas[plan].plan.zone
    return instant(as_of, time(23, 59, 59), zone) if as_of else office.now()


def _status_text(row: StatusRow) -> str:
    where = f", {row.area.name}" if row.area else ""
    promised = f"{row.done} av {row.promised}" if row.promised else f"{row.done} (efter behov)"
    sensible = (
        f" Nästa senast {day_text(row.last_sensible_date)}." if row.last_sensible_date else ""
    )
    return (
        f"{PACE_SYMBOLS[row.pace]} {PACES[row.pace]}  {row.commitment.title}{where}, "
        f"{period_text(row.period.name)}: genomfört {promised}. {row.why}{sensible}"
    )


def print_json(data: dict[str, object]) -> None:
    """Print one object on a line of its own."""
    print(json.dumps(data, ensure_ascii=False))
