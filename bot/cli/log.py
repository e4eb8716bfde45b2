"""Commands over the log: what happened, whether it is whole, and what was answered."""

import json
from argparse import Namespace

from bot.app.office import Office
from bot.cli.answerfile import said_data
from bot.cli.ledger import open_for, print_json
from bot.domain.answer import THE_PLAN
from bot.domain.errors import SettingsError
from bot.domain.log import EntryKind, Logged
from bot.domain.swedish import moment_text
from bot.services import retelling


def log(options: Namespace) -> int:
    """List the entries of each plan, or verify them."""
    with open_for(options, adopt=False) as office:
        if (options.head or options.action == "answers") and len(office.agendas) != 1:
            raise SettingsError("Det gäller en plan i taget. Ange den med --plan FIL.")
        for plan in office.agendas:
            if options.action == "verify":
                _verify(office, plan, options.head)
            elif options.action == "answers":
                _answers(office, plan)
            else:
                _list(office, plan, as_json=options.json)
        return 0


def _verify(office: Office, plan: str, head: str) -> None:
    found = office.log.breaks(plan, head=head.strip().lower())
    if found:
        raise SettingsError(f"{plan}: loggen är inte hel.\n" + "\n".join(f"  {x}" for x in found))
    entries = office.log.entries(plan)
    seal = f" Sigill: {entries[-1].link}" if entries else ""
    print(f"{plan}: loggen är hel, {len(entries)} poster.{seal}")


def _list(office: Office, plan: str, *, as_json: bool) -> None:
    said = {a.id: a for each in office.answers.standings(plan).values() for a in each.answers}
    zone = office.agendas[plan].plan.zone
    for each in office.log.entries(plan):
        entry = each.entry
        answer = said.get(entry.subject) if entry.kind is EntryKind.ANSWERED else None
        if as_json:
            told = said_data(answer, zone) if answer else None
            named = {"occurrence": answer.occurrence if answer else None, "answer": told}
            print_json(_data(each) | named)
        elif answer:
            words = retelling.answered(office.agendas[plan].plan, answer)
            print(f"{each.number}  {answer.occurrence}\n    {words}")
        else:
            when = moment_text(entry.at, zone)
            print(f"{each.number}  planens version {entry.subject} antogs {when}")


def _answers(office: Office, plan: str) -> None:
    """Print what people said, in the order of the log, as a file of answers to rehearse with."""
    said = (a for each in office.answers.standings(plan).values() for a in each.valid)
    # What the plan itself says of what follows something comes again by itself.
    people = sorted((a for a in said if a.by != THE_PLAN), key=lambda each: each.id)
    print("answers:" if people else "answers: []")
    for answer in people:
        data = said_data(answer, office.agendas[plan].plan.zone)
        print(f"  - {json.dumps(data, ensure_ascii=False)}")


def _data(logged: Logged) -> dict[str, object]:
    entry = logged.entry
    return {
        "number": logged.number,
        "plan": entry.plan,
        "kind": entry.kind.value,
        "at": entry.at.isoformat(),
        "subject": entry.subject,
        "digest": entry.digest,
        "link": logged.link,
    }
