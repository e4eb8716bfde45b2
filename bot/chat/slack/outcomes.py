"""What an answer from Slack, or none, says about a call: taken, refused, try again, or unclear."""

import re
import socket
import ssl
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.domain.delivery import Refused, Sent, TryAgain, Uncertain

# AttributeError and ValueError are how the SDK fails on a body that is not what Slack sends.
FAULTS = (SlackClientError, OSError, HTTPException, ValueError, AttributeError)
NEVER_LEFT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)

USUAL_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REASON = 300

RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
UNCLEAR = frozenset({"fatal_error", "internal_error"})
_CODE = re.compile(r"[a-z0-9_]+")

_TOKEN = "Kontrollera bot_token och app_token, och installera om appen vid behov."  # noqa: S105
_WORDS = "Meddelandet går inte att visa i Slack; meddela den som sköter loftesbot."
_FILE = "Kalenderfilen togs inte emot; använd kalenderlänken i stället."
REFUSALS = {
    "account_inactive": _TOKEN,
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "not_allowed_token_type": _TOKEN,
    "token_expired": _TOKEN,
    "token_revoked": _TOKEN,
    "org_login_required": "Arbetsytan flyttas; vänta tills flytten är klar.",
    "no_permission": "Ge appen rätt behörigheter i Slack.",
    "missing_scope": "Appen saknar en behörighet; jämför med config/slack-manifest.yaml "
    "och installera om.",
    "channel_not_found": "Kontrollera kanalens id, och bjud in appen om kanalen är privat.",
    "not_in_channel": "Bjud in appen i kanalen: /invite @Löftesbot.",
    "is_archived": "Kanalen är arkiverad; välj en annan eller öppna den igen.",
    "users_not_found": "Ingen i arbetsytan har adressen; kontrollera email under [[members]].",
    "user_not_found": "Personen finns inte i arbetsytan; kontrollera slack under [[members]].",
    "user_disabled": "Personen är avstängd; ge rollen till någon annan under [[members]].",
    "cannot_dm_bot": "En bot får inga direktmeddelanden; ange en person under [[members]].",
    "restricted_action": "Arbetsytan låter inte appen skriva här; fråga den som sköter Slack.",
    "restricted_action_read_only_channel": "Kanalen är låst för läsning; ge appen rätt att skriva.",
    "restricted_action_thread_only_channel": "I kanalen går det bara att svara i trådar.",
    "restricted_action_non_threadable_channel": "I kanalen går det inte att svara i trådar.",
    "ekm_access_denied": "Arbetsytans administratör har stängt av skrivandet.",
    "team_access_not_granted": "Appen har inte tillgång till arbetsytan.",
    "access_denied": "Appen har inte tillgång till kanalen.",
    "user_is_restricted": "Appen får inte skriva här; fråga den som sköter Slack.",
    "as_user_not_supported": _WORDS,
    "invalid_arguments": _WORDS,
    "invalid_blocks": _WORDS,
    "invalid_blocks_format": _WORDS,
    "invalid_metadata_format": _WORDS,
    "metadata_too_large": _WORDS,
    "msg_blocks_too_long": _WORDS,
    "msg_too_long": _WORDS,
    "no_text": _WORDS,
    "too_many_attachments": _WORDS,
    "cant_update_message": "Meddelandet är inte appens eget.",
    "edit_window_closed": "Arbetsytan tillåter inte längre att meddelandet ändras.",
    "message_not_found": "Meddelandet har tagits bort.",
    "thread_not_found": "Meddelandet som filen hör till har tagits bort.",
    "blocked_file_type": _FILE,
    "file_type_not_allowed": _FILE,
    "file_uploads_disabled": _FILE,
    "file_uploads_except_images_disabled": _FILE,
    "storage_limit_reached": _FILE,
}

# What somebody can mend in the workspace or the settings; the message itself is in order.
SETUP = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "token_expired",
        "token_revoked",
    }
)
SETUP_WAIT = timedelta(minutes=10)

Untaken = Refused | TryAgain | Uncertain


def taken(receipt: object) -> Sent | Uncertain:
    """Return what ``ok`` means: sent, or unclear when Slack left its own id out."""
    return Sent(str(receipt)) if receipt else Uncertain("Slack svarade ok men utan kvitto")


def untaken(error: Exception, *, worth_waiting: bool = True) -> Untaken:
    """Return what one of ``FAULTS`` says about a call that would have changed something.

    A fault of the set-up holds the channel until it is mended, if the call is ``worth_waiting``
    for; otherwise it is a refusal.
    """
    if isinstance(error, SlackApiError):
        return _answered(error.response, worth_waiting=worth_waiting)
    if isinstance(error, HTTPError):
        return _uploaded(error)
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, NEVER_LEFT):
        return TryAgain(_short(f"Slack kunde inte nås: {cause}"))
    return Uncertain(_short(f"inget tydligt svar från Slack: {type(cause).__name__}: {cause}"))


def retried(outcome: Untaken) -> TryAgain:
    """Return the outcome of a call that changed nothing whatever came of it."""
    return outcome if isinstance(outcome, TryAgain) else TryAgain(outcome.reason)


def _uploaded(error: HTTPError) -> Untaken:
    """What the address for uploads answered, which speaks plain HTTP."""
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        return TryAgain("ratelimited", after=_wait(dict(error.headers.items())), target_wide=True)
    return Uncertain(f"oklart svar från Slack: {error.code}")


def _answered(response: SlackResponse, *, worth_waiting: bool) -> Untaken:
    data: Any = response.data
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or code in RATE_LIMITED:
        wait = _wait(response.headers)
        return TryAgain("ratelimited", after=wait, target_wide=True)
    if response.status_code >= 500 or not _CODE.fullmatch(code):
        return Uncertain(_short(f"oklart svar från Slack: {response.status_code} {code}"))
    if code in UNCLEAR:
        return Uncertain(code)
    if code in SETUP and worth_waiting:
        reason = f"{code}: {REFUSALS[code]}"
        return TryAgain(reason, after=SETUP_WAIT, target_wide=True, broken=True)
    if code in REFUSALS:
        return Refused(f"{code}: {REFUSALS[code]}")
    return TryAgain(code)


def _wait(headers: Mapping[str, Any]) -> timedelta:
    """The time that a rate limit asks for; Slack gives it in whole seconds."""
    given = next((v for name, v in headers.items() if name.lower() == "retry-after"), "")
    seconds = str(given[0] if isinstance(given, list) else given).strip()
    if not seconds.isdecimal():
        return USUAL_WAIT
    return min(timedelta(seconds=min(int(seconds), 86_400)), LONGEST_WAIT)


def _short(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]
