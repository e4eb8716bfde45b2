"""Mails that cannot be trusted: of strangers, with forged addresses, of machines."""

import logging
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from bot.storage.database import Database
from tests.mail.correspondence import (
    ANNA,
    BO,
    BOT,
    MEETING,
    NEXT,
    Correspondence,
    changed,
    reply_to,
)
from tests.standins.mail.mailbox import Arrived
from tests.standins.mail.server import MailStandIn

REPLY = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
Forge = Callable[[Correspondence, Arrived], bytes]


def tag_of(reminder: Arrived) -> str:
    return str(reminder.message["Reply-To"].addresses[0].addr_spec).partition("+")[2][:42]


def tagged(reminder: Arrived, tag: str) -> bytes:
    mail = reply_to(reminder, "klart")
    return changed(mail, To=f"loftesbot+{tag}@gavle.example", In_Reply_To="", References="")


def machine(reminder: Arrived, **headers: str) -> bytes:
    return changed(reply_to(reminder, "klart"), **headers)


def bounced(reminder: Arrived) -> bytes:
    mail = reply_to(reminder, "klart")
    mail.make_mixed()
    mail.set_type("multipart/report")
    return mail.as_bytes()


def two_calendars() -> EmailMessage:
    mail = EmailMessage()
    mail.set_content("klart")
    for each in (REPLY, REPLY.replace(b"REPLY", b"COUNTER")):
        mail.add_attachment(each, "text", "calendar")
    return mail


def organizer(post: Correspondence) -> str:
    """What whoever may open Anna's calendar finds there."""
    return post.stationery.organizer(MEETING, ANNA)


FORGED: dict[str, Forge] = {
    "a stranger": lambda post, r: reply_to(r, "klart", by="ond@ond.example").as_bytes(),
    "another reader": lambda post, r: reply_to(r, "klart", by=BO).as_bytes(),
    "a cut tag": lambda post, r: tagged(r, tag_of(r)[:-1]),
    "a longer tag": lambda post, r: tagged(r, tag_of(r) + "a"),
    "half a tag": lambda post, r: tagged(r, tag_of(r)[:21]),
    "an altered tag": lambda post, r: tagged(r, "a" * 10 + tag_of(r)[10:]),
    "an invented tag": lambda post, r: tagged(r, "klart"),
    "an empty tag": lambda post, r: tagged(r, ""),
    "the tag of another reader": lambda post, r: tagged(r, tag_of(post.remind(BO))),
    "a bad tag with a good reference": lambda post, r: changed(
        reply_to(r, "klart"), To="loftesbot+klart@gavle.example"
    ),
    "the tag of another occurrence": lambda post, r: changed(
        reply_to(r, "klart"), To=str(post.remind(ANNA, NEXT).message["Reply-To"])
    ),
    "two tags": lambda post, r: changed(
        reply_to(r, "klart"), Cc=str(post.remind(ANNA, NEXT).message["Reply-To"])
    ),
    "no tag and no reference": lambda post, r: changed(
        reply_to(r, "klart"), To=BOT, In_Reply_To="", References=""
    ),
    "a reference that anybody can work out": lambda post, r: changed(
        reply_to(r, "klart"),
        To=BOT,
        In_Reply_To=replace(post.stationery, links=None).message_id(f"{MEETING}#ask@mail:{ANNA}"),
        References=r.message["References"],
    ),
    "an answering machine": lambda post, r: machine(r, Auto_Submitted="auto-replied"),
    "Outlook's machine": lambda post, r: machine(r, X_Auto_Response_Suppress="All"),
    "out of office": lambda post, r: machine(r, Subject="Autosvar: Frånvarande"),
    "bulk": lambda post, r: machine(r, Precedence="bulk"),
    "a list": lambda post, r: machine(r, List_Id="<alla.gavle.example>"),
    "a null return path": lambda post, r: machine(r, Return_Path="<>"),
    "a bounce": lambda post, r: bounced(r),
    "ourselves": lambda post, r: reply_to(r, "klart", by=BOT).as_bytes(),
    "our own reminder": lambda post, r: r.content,
    "two calendars": lambda post, r: changed(
        two_calendars(), From=ANNA, To=str(r.message["Reply-To"]), Message_ID="<1@x.example>"
    ),
}


@pytest.fixture
def post(database: Database, server: MailStandIn) -> Correspondence:
    return Correspondence(database, server)


@pytest.mark.parametrize("tagged", [True, False], ids=["by its tag", "by its id"])
@pytest.mark.parametrize("text", ["klart", "inställt pga sjukdom", "flyttat till 18/1 pga halka"])
def test_what_stands_in_a_calendar_is_good_for_saying_who_comes_and_no_more(
    post: Correspondence, text: str, caplog: pytest.LogCaptureFixture, *, tagged: bool
) -> None:
    post.invite()
    invitation = post.server.mailbox.arrived[-1]
    own = post.stationery.invitation_id(MEETING, ANNA)
    assert invitation.message["Message-ID"] == own
    reply = reply_to(invitation, text)
    forged = {"To": organizer(post)} if tagged else {"To": BOT, "In_Reply_To": own}
    post.take(changed(reply, **{"References": "", "In_Reply_To": "", **forged}))
    assert post.said() == ()
    assert "inbjudan" in post.notes[0].text
    assert caplog.text.count("ändrar ingenting") == 1


def test_our_own_address_in_capitals_is_our_own(
    post: Correspondence, caplog: pytest.LogCaptureFixture
) -> None:
    post.take(changed(reply_to(post.remind(), "klart"), From=BOT.title()))
    assert (post.said(), post.notes) == ((), [])
    assert "det är vårt eget" in caplog.text


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_mail_that_cannot_be_trusted_changes_nothing_and_leaves_one_line(
    post: Correspondence, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    mail = forge(post, post.remind())
    caplog.clear()
    with caplog.at_level(logging.INFO):
        post.take(mail)
    assert (post.said(), post.said(NEXT), post.notes) == ((), (), [])
    (line,) = caplog.messages
    assert "ändrar ingenting: " in line
    assert "klart" not in line
