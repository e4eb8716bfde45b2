"""The targets of a plan become rooms, conversations and mailboxes."""

from dataclasses import replace

from bot.app.addressing import Addressing
from bot.domain.plan import Plan
from bot.services.membership import Member
from bot.settings import Settings, SlackSettings
from tests.builders import make_commitment, make_plan

ANNA = Member("Anna", ("kommunpolis",), email="Anna@example.se", slack="UANNA")
BO = Member("Bo", ("kommunpolis",), email="bo@example.se")
READERS = ("grupp@example.se", "anna@example.se")
SLACK = SlackSettings.model_validate(
    {
        "bot_token": "xoxb-1",
        "app_token": "xapp-1",
        "target": "C0000001",
        "targets": {"ledning": "C0000002", "felstavad": "C0000003"},
    }
)


def plan() -> Plan:
    targets = {"samverkan": "Gruppen", "ledning": "Ledningen", "direkt": "Kommunpolisen"}
    return replace(make_plan(), targets=targets, direct={"direkt": "kommunpolis"})


def addressing(*members: Member) -> Addressing:
    return Addressing(Settings(slack=SLACK), members, READERS)


def test_a_target_is_its_room_its_conversation_and_all_readers() -> None:
    mail = ("mail:grupp@example.se", "mail:anna@example.se")
    known = addressing(ANNA)
    assert known.places(plan(), "samverkan") == ("room:samverkan", "slack:C0000001", *mail)
    assert known.places(plan(), "ledning") == ("room:ledning", "slack:C0000002", *mail)


def test_a_target_of_a_role_is_its_holders_own() -> None:
    places = addressing(ANNA, BO).places(plan(), "direkt")
    mine = ("slack:UANNA", "slack:bo@example.se", "mail:anna@example.se")
    assert places == ("room:direkt", *mine)


def test_where_nobody_holds_the_role_nothing_is_lost() -> None:
    known = addressing(Member("Cilla", ("skola",), slack="UCILLA"))
    assert known.places(plan(), "direkt")[1] == "slack:C0000001"
    assert addressing().places(plan(), "direkt")[1] == "slack:C0000001"


def guests(known: Addressing, *responsible: str) -> tuple[str, ...]:
    return tuple(known.guests(plan(), replace(make_commitment(), responsible=responsible)))


def test_those_are_invited_who_hold_a_role_and_read_mail() -> None:
    readers = ("anna@example.se", "bo@example.se", "cilla@example.se")
    cilla = Member("Cilla", ("samordnare", "kommunpolis"), email="cilla@example.se")
    dan = Member("Dan", ("samordnare",), email="dan@example.se")
    known = Addressing(Settings(), (ANNA, cilla, dan), readers)
    assert guests(known, "kommunpolis") == ("mail:anna@example.se", "mail:cilla@example.se")
    assert guests(known, "samordnare") == ("mail:cilla@example.se",)
    assert guests(known, "kommunpolis", "samordnare") == guests(known, "kommunpolis")


def test_where_no_reader_holds_a_role_all_readers_are_invited_and_so_is_a_team() -> None:
    everybody = ("mail:grupp@example.se", "mail:anna@example.se")
    assert guests(addressing(ANNA), "samordnare") == everybody
    assert guests(addressing(), "kommunpolis") == everybody
    team = Member("Gruppen", ("samordnare",), email="grupp@example.se")
    assert guests(addressing(ANNA, team), "samordnare") == ("mail:grupp@example.se",)


def test_where_nobody_reads_mail_nobody_is_invited() -> None:
    assert guests(Addressing(Settings(), [ANNA]), "kommunpolis") == ()


def test_with_several_workspaces_an_address_is_sought_where_its_conversation_is() -> None:
    several = SlackSettings.model_validate(
        {
            "client_id": "1.2",
            "client_secret": "hush",
            "workspaces": ["T0KOMMUN", "T0POLIS"],
            "app_token": "xapp-1",
            "target": "T0KOMMUN/C0000001",
            "targets": {"direkt": "T0POLIS/C0000002"},
        }
    )
    cilla = replace(ANNA, slack="T0KOMMUN/UCILLA", email="")
    places = Addressing(Settings(slack=several), [BO, cilla]).places(plan(), "direkt")
    assert places == ("room:direkt", "slack:T0POLIS/bo@example.se", "slack:T0KOMMUN/UCILLA")


def test_without_slack_and_mail_there_is_the_room() -> None:
    assert Addressing(Settings(), [ANNA]).places(plan(), "direkt") == ("room:direkt",)


def test_conversations_for_targets_that_no_plan_has_are_named() -> None:
    assert addressing().unknown_targets([plan()]) == ["felstavad"]
    assert Addressing(Settings(), []).unknown_targets([plan()]) == []
