"""The words of replies: what an answer begins with, what changes it, and what says more of it."""

import re

from bot.domain.answer import AnswerKind, Form

# The words that an answer begins with; the first that fits is meant.
WORDS: tuple[tuple[AnswerKind, str], ...] = (
    (
        AnswerKind.NO_NEED,
        (
            r"inget behov|ej behov|inte behövts|har inte behövts|behövdes inte|behövs inte"
            r"|inte funnits (?:något |nåt )?behov|no need|not needed|wasn'?t needed"
        ),
    ),
    (
        AnswerKind.CANNOT,
        r"kan inte|kan ej|kunde inte|hinner inte|har inte möjlighet|can'?t|can ?not|unable",
    ),
    (AnswerKind.PARTLY_DONE, r"delvis|partly|partially"),
    (
        AnswerKind.CANCELLED,
        r"inst[äa]ll(?:t|d|da|s)|ställ(?:s|er|de|des|ts) in|cancell?ed|called off",
    ),
    (
        AnswerKind.POSTPONED,
        (
            r"(?:fram)?flytta(?:t|d|s|r|de|des|ts)?|uppskjut(?:en|et|na|its)|skjut(?:s|er|its) upp"
            r"|sköt(?:s)? upp|ombokat?|moved|postponed|rescheduled"
        ),
    ),
    (AnswerKind.BOOKED, r"(?:in)?boka(?:t|d|r|de|s)?(?: in)?|booked|book"),
    (AnswerKind.SNOOZED, r"påminn(?:er|else)?|paminn|remind"),
    (
        AnswerKind.DONE,
        (
            r"klar(?:t|a)?|gjor(?:t|d|da)|genomf[öo]r(?:t|d|da|des)|färdig(?:t|a)?|utför(?:t|d)"
            r"|avklara(?:t|d)|done|finished|completed"
        ),
    ),
    (
        AnswerKind.ACKNOWLEDGED,
        r"kvittera(?:r|t|s|d)?|sett|noterat|uppfattat|okej|okay|ok|noted|seen|got it",
    ),
)
# What may stand before the word without changing it.
LEADS = frozenset(
    {
        *(
            "hej",
            "hejsan",
            "hallå",
            "tjena",
            "ja",
            "jo",
            "japp",
            "jajamän",
            "nu",
            "då",
            "så",
            "och",
        ),
        *("det", "den", "detta", "de", "vi", "jag", "man", "allt", "allting", "är", "var", "blev"),
        *("har", "hade", "måste", "äntligen", "redan", "tyvärr", "mötet", "tillfället", "insatsen"),
        *("insatserna", "dialogen", "besöket", "hi", "hello", "yes", "yep", "now", "sorry", "all"),
        *("it", "it's", "its", "this", "the", "meeting", "is", "was", "were", "been", "we", "i"),
        *("have", "has", "had", "och"),
    }
)
NEGATED = re.compile(r"\b(?:inte|ej|icke|aldrig|ännu|not|never|isn'?t|hasn'?t)\b", re.IGNORECASE)
TO_COME = re.compile(
    r"\b(?:blir|ska|skall|kommer|snart|nästan|kanske|när|om (?:en|ett|\d+)"
    r"|will|soon|almost|maybe|when|if)\b",
    re.IGNORECASE,
)
# Of several days the one that something is moved to.
TO_IT = re.compile(r"\b(?:till|to|until|for)\s{1,3}(?:den\s)?$", re.IGNORECASE)
HOWEVER = re.compile(r"\b(?:men|fast|dock|utom|förutom|saknas|but|except|however)\b", re.IGNORECASE)
# Whoever says so does not know.
GUESSED = re.compile(
    r"\b(?:tror|nog|typ|antar|kanske|möjligen|förmodligen|troligen|osäker|vet ej|vet inte"
    r"|think|guess|maybe|perhaps|probably|possibly|unsure)\b|\b(?:väl|eller|or)\W*$",
    re.IGNORECASE,
)
EITHER = re.compile(r"\b(?:eller|or)\b", re.IGNORECASE)
# What takes back what was said just before.
ON_SECOND_THOUGHT = re.compile(
    r"^\W*(?:nej|nä|vänta|fel|glöm|ångrar|rättelse|skämt|skoja|inte|ej|icke|not|no|wait|wrong"
    r"|sorry|forget|just kidding)\b",
    re.IGNORECASE,
)
REASON = re.compile(
    r"\b(?:p\.?g\.?a\.?|på grund av|beroende på|eftersom|för att|because(?: of)?|due to)\s+",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<!\d)(\d{1,6})\s{0,2}(?:st\s{1,2})?"
    r"(?:deltagare|deltog|personer|pers|besökare|nya|områden|participants|people|attended)\b",
    re.IGNORECASE,
)
FORMS = (
    (re.compile(r"\b(?:digital(?:t|a)?|online|på teams|via teams)\b", re.IGNORECASE), Form.DIGITAL),
    (re.compile(r"\b(?:fysisk(?:t|a)?|på plats|in person)\b", re.IGNORECASE), Form.PHYSICAL),
)
STAND_IN = re.compile(
    r"(?:^|[,.;:]\s{0,3}|\bmen\s|\bbut\s)([^,.;:\n]{2,60}?)\s{1,3}"
    r"(?:tar det|tar över|tar den|ersätter(?: mig)?|står in|hoppar in|går i stället"
    r"|covers|takes over|takes it|stands in)\b",
    re.IGNORECASE,
)
AROUND = "\t ,:;-–—*_\"'”’!.()"
# What may follow "klart" and "done" in the same breath; "klart vi kommer" answers nothing.
READY = re.compile(r"^(?:klara?|klart|färdiga?|färdigt|done|finished)$", re.IGNORECASE)
GOES_ON = frozenset(
    {
        *("i", "på", "den", "med", "för", "av", "hos", "från", "till", "under", "enligt", "och"),
        *("men", "fast", "nu", "redan", "igår", "idag", "kl", "digitalt", "fysiskt", "via"),
        *("genomfört", "inställt", "utom", "förutom", "tack", "inte", "ej", "tror", "nog", "typ"),
        *("on", "in", "at", "with", "by", "and", "but", "now", "already", "yesterday", "today"),
        *("thanks", "not", "last", "online", "except", "for", "blir", "snart", "ännu", "än"),
    }
)
NO = re.compile(r"\W*(?:nej|nä|nope|no)\W*", re.IGNORECASE)
YES_OR_NO = re.compile(r"\W*(?:ja|japp|jepp|jajamän|nej|nä|yes|yep|no|nope)\W*", re.IGNORECASE)
HELD_WORD = re.compile(r"^\s*(?:genomf[öo]r(?:t|d|da)|klar(?:t|a)?|gjort|done)\b", re.IGNORECASE)
SMALL_WORDS = re.compile(r"^(?:\W|\b(?:den|till|to|på|on|for|med|och|kl|it|det)\b)+", re.IGNORECASE)
AT_THE_START = [(kind, re.compile(rf"(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in WORDS]
ANYWHERE = [(k, re.compile(rf"\b(?:{words})(?!\w)", re.IGNORECASE)) for k, words in WORDS]
