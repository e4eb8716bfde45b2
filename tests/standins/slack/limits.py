"""What Slack refuses in blocks and views; only the limits that are cheap to check."""

import json
from collections.abc import Iterator
from typing import Any

Payload = dict[str, Any]

MOST_BLOCKS, MOST_VIEW_BLOCKS = 50, 100
LONGEST_JSON, LONGEST_VIEW_JSON = 13_000, 250_000
LONGEST = {"header": 150, "section": 3_000, "button": 75, "title": 24, "option": 75, "label": 2_000}


def blocks_fault(blocks: list[Payload]) -> str:
    """Return the code with which Slack refuses a message's blocks; nothing when it takes them."""
    if not _fine(blocks, MOST_BLOCKS):
        return "invalid_blocks"
    return (
        "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > LONGEST_JSON else ""
    )


def view_fault(view: Payload) -> str:
    """Return the code with which Slack refuses a modal; nothing when it takes it."""
    inputs = any(each["type"] == "input" for each in view.get("blocks", []))
    titles = [view.get(each, {}).get("text", "") for each in ("title", "submit", "close")]
    wrong = (
        view.get("type") != "modal"
        or not titles[0]
        or (inputs and not titles[1])
        or any(len(each) > LONGEST["title"] for each in titles)
        or len(view.get("private_metadata", "")) > 3_000
    )
    if wrong or not _fine(view["blocks"], MOST_VIEW_BLOCKS):
        return "invalid_arguments"
    return "view_too_large" if len(json.dumps(view)) > LONGEST_VIEW_JSON else ""


def _fine(blocks: list[Payload], most: int) -> bool:
    ids = [each["block_id"] for each in blocks if "block_id" in each]
    different = len(ids) == len(set(ids))
    return len(blocks) <= most and different and not any(_problems(each) for each in blocks)


def _problems(block: Payload) -> list[str]:
    return [problem for problem in _checks(block) if problem]


def _checks(block: Payload) -> Iterator[str]:
    yield "block_id" if len(block.get("block_id", "")) > 255 else ""
    kind = block["type"]
    if kind in {"header", "section"}:
        yield _text(block.get("text"), LONGEST[kind])
    elif kind == "actions":
        yield "elements" if not 1 <= len(block["elements"]) <= 25 else ""
        for each in block["elements"]:
            yield from _element(each)
    elif kind == "input":
        yield _text(block.get("label"), LONGEST["label"])
        yield from _element(block["element"])
    else:
        yield f"type {kind}"


def _element(element: Payload) -> Iterator[str]:
    yield "action_id" if not 1 <= len(element.get("action_id", "")) <= 255 else ""
    if element["type"] == "button":
        yield _text(element.get("text"), LONGEST["button"])
        yield "value" if len(element.get("value", "")) > 2_000 else ""
        yield "style" if element.get("style", "primary") not in {"primary", "danger"} else ""
    if "options" in element:
        most = 5 if element["type"] == "overflow" else 100
        yield "options" if not 1 <= len(element["options"]) <= most else ""
        for each in element["options"]:
            yield _text(each.get("text"), LONGEST["option"])
            yield "option value" if not 1 <= len(each["value"]) <= 150 else ""
        first = element.get("initial_option")
        yield "initial_option" if first is not None and first not in element["options"] else ""


def _text(text: Payload | None, longest: int) -> str:
    fine = text and text["type"] in {"plain_text", "mrkdwn"} and 1 <= len(text["text"]) <= longest
    return "" if fine else "text"
