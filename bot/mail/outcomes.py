"""What a conversation that failed says about its mail: refused, try again, or unclear.

The first digit of a reply decides (RFC 5321 §4.2.1): 4 is for the moment, 5 for good. Until the
final dot has left, the mail is still ours; from the answer to it on it is the server's (§6.1).
Only in between is it nobody's: RFC 1047 is about the repeats that come of that.
"""

from datetime import timedelta
from ssl import SSLCertVerificationError, SSLEOFError, SSLError, SSLZeroReturnError

from bot.domain.delivery import Refused, TryAgain, Uncertain
from bot.mail.conversation import ReplyError, Stage, UnofferedError
from bot.mail.server import SETTING
from bot.mail.wire import clean

# UnicodeError, a ValueError, is how a host's name fails that is none.
FAULTS = (ReplyError, UnofferedError, OSError, ValueError)
# Before these are done the server has heard nothing of the mail.
EARLY = frozenset({Stage.CONNECT, Stage.GREET, Stage.ENCRYPT, Stage.LOG_IN})
SERVICE_CLOSING = 421
# RFC 4954 §6 and, for 530, RFC 3207 §4: log in first, or otherwise, or encrypted.
LOG_IN_WANTED = frozenset({530, 534, 535, 538})
SETUP_WAIT = timedelta(minutes=10)
LONGEST_REASON = 300

WHERE = {
    Stage.CONNECT: "vid anslutningen",
    Stage.GREET: "vid hälsningen",
    Stage.ENCRYPT: "när krypteringen skulle börja",
    Stage.LOG_IN: "vid inloggningen",
    Stage.SENDER: "om avsändaren",
    Stage.RECIPIENT: "om mottagaren",
    Stage.DATA: "innan mejlet skickades",
    Stage.CONTENT: "medan mejlet skickades",
    Stage.VERDICT: "efter mejlet",
}
REFUSALS = {
    Stage.SENDER: "E-postservern godtar inte avsändaren; kontrollera LOFTESBOT_MAIL__SENDER.",
    Stage.RECIPIENT: "E-postservern tar inte emot mejl till adressen; "
    "kontrollera den i LOFTESBOT_MAIL__TARGETS.",
    Stage.DATA: "E-postservern vill inte ha mejlet; fråga den som sköter den.",
    Stage.VERDICT: "E-postservern vill inte ha mejlet; fråga den som sköter den.",
}
_LOG_IN = (
    f"E-postservern godtar inte inloggningen; kontrollera användare, lösenord och port i {SETTING}."
)
SETUPS = {
    Stage.CONNECT: f"E-postservern släpper inte in oss; kontrollera värden i {SETTING}.",
    Stage.GREET: f"E-postservern släpper inte in oss; kontrollera värd och port i {SETTING}.",
    Stage.ENCRYPT: f"E-postservern vill inte kryptera; kontrollera {SETTING}.",
}
UNOFFERED = {
    "STARTTLS": "E-postservern erbjuder inte STARTTLS, och okrypterat skickas ingenting; "
    f"kontrollera början och porten i {SETTING}.",
    "AUTH": "E-postservern erbjuder ingen inloggning med PLAIN eller LOGIN; "
    f"kontrollera porten i {SETTING}, eller ta bort användare och lösenord.",
}
CERTIFICATE = (
    "E-postserverns certifikat går inte att lita på; kontrollera värden i "
    f"{SETTING}, eller peka ut er egen utfärdare med SSL_CERT_FILE."
)
NO_TLS = f"E-postservern talar inte TLS som den ska; kontrollera början och porten i {SETTING}."

Untaken = Refused | TryAgain | Uncertain


def untaken(stage: Stage, error: Exception) -> Untaken:
    """Return what one of ``FAULTS`` at ``stage`` says about the mail."""
    if isinstance(error, ReplyError):
        return _answered(stage, error)
    if isinstance(error, UnofferedError):
        return _set_up(UNOFFERED[error.extension])
    if stage is Stage.VERDICT:
        return Uncertain(_short(f"inget tydligt svar från e-postservern: {_said(error)}"))
    if isinstance(error, SSLCertVerificationError):
        return _set_up(f"{CERTIFICATE} {error.verify_message}")
    if isinstance(error, SSLError) and not isinstance(error, SSLEOFError | SSLZeroReturnError):
        return _set_up(f"{NO_TLS} {error.reason}")
    return TryAgain(_short(f"inget svar från e-postservern {WHERE[stage]}: {_said(error)}"))


def _answered(stage: Stage, error: ReplyError) -> Untaken:
    said = f"{error.code} {WHERE[stage]}"
    # What is answered to a password is not repeated: it may echo what it was given.
    reply = said if stage is Stage.LOG_IN else f"{said}: {error.text}"
    for_good = error.code // 100 == 5
    if error.code == SERVICE_CLOSING:
        return TryAgain(_short(reply), target_wide=True)
    if stage is Stage.LOG_IN or error.code in LOG_IN_WANTED:
        words = _LOG_IN
    else:
        words = SETUPS.get(stage, "")
    if for_good and words:
        return _set_up(f"{words} {reply}")
    if for_good:
        return Refused(_short(f"{REFUSALS[stage]} {reply}"))
    if error.code // 100 != 4 and stage is Stage.VERDICT:
        return Uncertain(_short(f"oklart svar från e-postservern: {reply}"))
    return TryAgain(_short(reply), target_wide=stage in EARLY)


def _set_up(reason: str) -> TryAgain:
    """Hold the target: somebody can mend it in the settings; the mail itself is in order."""
    return TryAgain(_short(reason), after=SETUP_WAIT, target_wide=True)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _short(reason: str) -> str:
    return clean(" ".join(reason.split()))[:LONGEST_REASON]
