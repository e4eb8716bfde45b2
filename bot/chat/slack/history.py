"""Reading what a conversation or a thread holds, page by page."""

from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse, WebClient

PAGE_SIZE = 200
MOST_PAGES = 25


def history(client: WebClient, channel: str, *, since: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a conversation from the stamp ``since`` on, the newest first."""

    def page(cursor: str | None) -> SlackResponse:
        return client.conversations_history(
            channel=channel,
            oldest=since,
            inclusive=True,
            include_all_metadata=True,
            limit=PAGE_SIZE,
            cursor=cursor,
        )

    return _messages(page)


def thread(client: WebClient, channel: str, receipt: str) -> Iterator[dict[str, Any]]:
    """Yield the message with ``receipt``, then what stands in its thread, the oldest first."""

    def page(cursor: str | None) -> SlackResponse:
        return client.conversations_replies(
            channel=channel,
            ts=receipt,
            include_all_metadata=True,
            limit=PAGE_SIZE,
            cursor=cursor,
        )

    return _messages(page)


def _messages(call: Callable[[str | None], SlackResponse]) -> Iterator[dict[str, Any]]:
    """Yield what each page has; one that finds no end says so, lest it pass for all there is."""
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = call(cursor)
        messages: Any = page.get("messages")
        if not isinstance(messages, list):
            raise SlackClientError("Slack svarade utan meddelanden")
        yield from messages
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise SlackClientError(f"mer än {MOST_PAGES * PAGE_SIZE} meddelanden att söka igenom")
