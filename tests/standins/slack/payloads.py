"""What Slack sends when people do something, in the shapes that its documentation gives."""

from typing import Any

from tests.standins.slack.workspace import APP, TEAM, Payload

Values = dict[str, dict[str, Any]]


def person(user: str) -> Payload:
    """Return a person as interactions name them."""
    return {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM}


def home_event(user: str) -> Payload:
    """Return that somebody opened the App Home."""
    return {"type": "app_home_opened", "user": user, "channel": f"D{user[1:]}", "tab": "home"}


def home_action(element: Payload, user: str, *, moment: str, trigger: str) -> Payload:
    """Return the press of a button in the App Home, where there is no channel."""
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "gavle"},
        "user": person(user),
        "api_app_id": APP,
        "token": "verification",
        "container": {"type": "view"},
        "trigger_id": trigger,
        "view": {"id": "V1", "type": "home"},
        "actions": [{**element, "block_id": "b1", "action_ts": moment}],
    }


def block_actions(
    channel: str, message: Payload, element: Payload, user: str, *, moment: str, trigger: str
) -> Payload:
    """Return the press of a button under ``message``."""
    pressed = {"type": "button", "block_id": "actions", "action_ts": moment}
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "gavle"},
        "user": person(user),
        "api_app_id": APP,
        "token": "verification",
        "container": {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": False,
        },
        "trigger_id": trigger,
        "channel": {"id": channel, "name": "trygghet"},
        "message": message,
        "response_url": "http://127.0.0.1:9/",
        "actions": [{**pressed, **element}],
    }


def view_submission(view: Payload, values: Values, user: str) -> Payload:
    """Return the handing in of a form with those fields filled in."""
    state = {
        each["block_id"]: {each["element"]["action_id"]: values.get(each["block_id"], {})}
        for each in view["blocks"]
        if each["type"] == "input"
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "gavle"},
        "user": person(user),
        "api_app_id": APP,
        "token": "verification",
        "trigger_id": "unused",
        "view": {**view, "team_id": TEAM, "state": {"values": state}, "app_id": APP},
        "response_urls": [],
    }


def event_callback(event: Payload, event_id: str) -> Payload:
    """Return the delivery of one event."""
    return {
        "type": "event_callback",
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "event_id": event_id,
        "event_time": int(float(event.get("event_ts", 0))),
        "authorizations": [{"team_id": TEAM, "is_bot": True}],
    }


def message_event(channel: str, text: str, user: str, *, ts: str, thread_ts: str = "") -> Payload:
    """Return somebody's message, or reply in a thread."""
    thread = {"thread_ts": thread_ts, "parent_user_id": "U0BOT001"} if thread_ts else {}
    return {
        "type": "message",
        "channel": channel,
        "user": user,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "channel_type": "channel",
        **thread,
    }


def reaction_event(channel: str, ts: str, emoji: str, user: str, *, moment: str) -> Payload:
    """Return somebody's reaction to a message."""
    item = {"type": "message", "channel": channel, "ts": ts}
    return {
        "type": "reaction_added",
        "user": user,
        "reaction": emoji,
        "item": item,
        "item_user": "U0BOT001",
        "event_ts": moment,
    }


MESSAGE_FIELDS = ("type", "user", "ts", "text", "thread_ts")


def unreaction_event(channel: str, ts: str, emoji: str, user: str, *, moment: str) -> Payload:
    """Return that somebody took a reaction away."""
    added = reaction_event(channel, ts, emoji, user, moment=moment)
    return added | {"type": "reaction_removed"}


def edited_event(channel: str, before: Payload, text: str, *, moment: str) -> Payload:
    """Return somebody's change of a message that ``before`` brought."""
    kept = {
        key: before[key] for key in ("type", "user", "ts", "text", "thread_ts") if key in before
    }
    after = kept | {"text": text, "edited": {"user": before["user"], "ts": moment}}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel,
        "ts": moment,
        "event_ts": moment,
        "message": after,
        "previous_message": kept,
    }


def removed_event(channel: str, before: Payload, *, moment: str) -> Payload:
    """Return somebody's removal of a message that ``before`` brought."""
    kept = {
        key: before[key] for key in ("type", "user", "ts", "text", "thread_ts") if key in before
    }
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel,
        "ts": moment,
        "event_ts": moment,
        "deleted_ts": before["ts"],
        "previous_message": kept,
    }


def slash_command(text: str, user: str, channel: str) -> Payload:
    """Return the command as Slack sends it."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "channel_id": channel,
        "channel_name": "trygghet",
        "user_id": user,
        "user_name": user.lower(),
        "command": "/lofte",
        "text": text,
        "api_app_id": APP,
        "response_url": "http://127.0.0.1:9/",
        "trigger_id": "unused",
    }
