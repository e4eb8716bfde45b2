"""Commands over the deliveries: list them, try one again, take one back."""

from argparse import Namespace
from typing import Any

from bot.app.clocks import wall_now
from bot.app.office import Office
from bot.cli.ledger import open_for, print_json
from bot.domain.delivery import Delivery, DeliveryState
from bot.domain.errors import SettingsError
from bot.domain.swedish import DELIVERY_STATES, moment_text

TAKEN_BACK = "tillbakatagen av den som sköter tjänsten"


def deliveries(options: Namespace) -> int:
    """List the newest deliveries, or do something with one of them."""
    with open_for(options, adopt=False) as office:
        if options.action == "list":
            _list(office, options)
        else:
            _act(office, options)
        return 0


def _list(office: Office, options: Namespace) -> None:
    states = tuple(options.state) or tuple(DeliveryState)
    found = office.deliveries.listed(states, limit=options.limit)
    for each in found:
        if options.json:
            print_json(delivery_data(each))
        else:
            print(_words(office, each))
    if not options.json and len(found) == options.limit:
        print(f"Bara de {options.limit} nyaste visas; --limit visar fler.")


def _act(office: Office, options: Namespace) -> None:
    if options.number is None:
        raise SettingsError("Ange numret på en leverans; loftesbot deliveries visar dem.")
    found = office.deliveries.find(options.number)
    if found is None:
        raise SettingsError(f"Det finns ingen leverans {options.number}.")
    if options.action == "retry":
        done = office.deliveries.retry(found.id, now=wall_now())
        text = "försöks på nytt, så snart tjänsten kör"
    else:
        reason = options.reason or TAKEN_BACK
        done = office.deliveries.take_back(found.id, reason, now=wall_now())
        text = "tagen tillbaka"
    if not done:
        state = DELIVERY_STATES[found.state]
        raise SettingsError(f"Leverans {found.id} är {state}; ingenting har ändrats.")
    print(f"Leverans {found.id} ({found.draft.target}) {text}.")


def delivery_data(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery with the names that scripts rely on."""
    draft = delivery.draft
    return {
        "id": delivery.id,
        "key": draft.key,
        "state": delivery.state.value,
        "plan": draft.plan,
        "occurrence": draft.occurrence,
        "step": draft.step,
        "part": draft.part.value,
        "target": draft.target,
        "due": draft.due.isoformat(),
        "posted": delivery.posted.isoformat() if delivery.posted else None,
        "attempts": delivery.attempt,
        "not_before": delivery.not_before.isoformat(),
        "receipt": delivery.receipt or None,
        "reason": delivery.reason or None,
    }


def _words(office: Office, delivery: Delivery) -> str:
    draft = delivery.draft
    agenda = office.agendas.get(draft.plan) or next(iter(office.agendas.values()))
    due = moment_text(draft.due, agenda.plan.zone)
    why = f"\n    {delivery.reason}" if delivery.reason else ""
    state = DELIVERY_STATES[delivery.state]
    tries = f", {delivery.attempt} försök" if delivery.attempt > 1 else ""
    return f"{delivery.id}  {state}{tries}  {due}  {draft.target}\n    {draft.key}{why}"
