"""The client for the way out to Slack."""

import logging
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_sdk.web import WebClient

SLACK = "https://slack.com/api/"
TIMEOUT_SECONDS = 8


def make_client(
    token: str, base_url: str = SLACK, *, timeout_seconds: int = TIMEOUT_SECONDS
) -> WebClient:
    """Return a client that never repeats a call by itself; pacing and repeating are ours.

    The SDK would repeat a post after a reset connection, and post twice. Nor does it write to
    the log: what came of each call is told once, by whoever made it. Without a token it is for
    the few calls that need none.
    """
    logging.getLogger("slack_sdk.web.base_client").setLevel(logging.CRITICAL)
    client = WebClient(
        token=token or None, base_url=base_url, timeout=timeout_seconds, retry_handlers=[]
    )
    if proxy_bypass(urlsplit(base_url).hostname or ""):
        client.proxy = None
    return client
