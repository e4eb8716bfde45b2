"""The Web API's methods, with Slack's arguments and answers."""

import json
from collections.abc import Callable
from typing import Any

from tests.standins.slack.limits import blocks_fault, view_fault
from tests.standins.slack.workspace import APP, BOT, BOT_USER, TEAM, Payload, Workspace

Method = Callable[[Workspace, Payload, str], Payload]


class RateLimitedError(Exception):
    """More than a message a second for one channel."""


def call(workspace: Workspace, method: str, args: Payload, base: str) -> Payload:
    """Carry out one call; ``base`` is where this server is found."""
    found = METHODS.get(method)
    if found is None:
        return _error("unknown_method")
    if fault := _token_fault(workspace, method, args):
        return _error(fault)
    with workspace.lock:
        return found(workspace, args, base)


def _token_fault(workspace: Workspace, method: str, args: Payload) -> str:
    if method.startswith("oauth."):
        return ""
    token = args.get("token", "")
    wanted = workspace.app_token if method.startswith("apps.") else workspace.bot_token
    if not token:
        return "not_authed"
    return "" if token == wanted else "invalid_auth"


def _post(workspace: Workspace, args: Payload, _base: str) -> Payload:
    channel = args.get("channel", "")
    if fault := _content_fault(workspace, args, longest=40_000):
        return _error(fault)
    _keep_pace(workspace, channel)
    message = _message(workspace, args)
    workspace.add(channel, message)
    return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}


def _update(workspace: Workspace, args: Payload, _base: str) -> Payload:
    if fault := _content_fault(workspace, args, longest=4_000):
        return _error(fault)
    message = workspace.message(args["channel"], args.get("ts", ""))
    if message is None:
        return _error("message_not_found")
    if message.get("bot_id") != BOT:
        return _error("cant_update_message")
    workspace.edits.setdefault(message["ts"], []).append(dict(message))
    message["text"] = args.get("text", "")
    message["blocks"] = _blocks(args)
    message["edited"] = {"user": BOT_USER, "ts": workspace.stamp()}
    answer = {key: message[key] for key in ("ts", "text")}
    return {"ok": True, "channel": args["channel"], **answer, "message": message}


def _ephemeral(workspace: Workspace, args: Payload, _base: str) -> Payload:
    if fault := _content_fault(workspace, args, longest=40_000):
        return _error(fault)
    if not args.get("user"):
        return _error("user_not_in_channel")
    workspace.ephemerals.append({**args, "blocks": _blocks(args)})
    return {"ok": True, "message_ts": workspace.stamp()}


def _history(workspace: Workspace, args: Payload, _base: str) -> Payload:
    if args.get("channel") not in workspace.messages:
        return _error("channel_not_found")
    oldest = float(args.get("oldest", 0))
    found = [m for m in workspace.posted(args["channel"]) if float(m["ts"]) >= oldest]
    top = [m for m in reversed(found) if m.get("thread_ts", m["ts"]) == m["ts"]]
    if args.get("include_all_metadata") not in {True, "1", "true"}:
        top = [{name: v for name, v in each.items() if name != "metadata"} for each in top]
    return _page(top, args)


def _open_conversation(workspace: Workspace, args: Payload, _base: str) -> Payload:
    if args.get("users") not in workspace.users:
        return _error("user_not_found")
    channel = f"D{args['users'][1:]}"
    workspace.messages.setdefault(channel, [])
    return {"ok": True, "channel": {"id": channel}}


def _replies(workspace: Workspace, args: Payload, _base: str) -> Payload:
    thread = args.get("ts")
    every = workspace.posted(args.get("channel", ""))
    found = [m for m in every if thread in {m["ts"], m.get("thread_ts")}]
    return _page(found, args) if found else _error("thread_not_found")


def _page(found: list[Payload], args: Payload) -> Payload:
    first, limit = int(args.get("cursor") or 0), int(args.get("limit", 100))
    more = len(found) > first + limit
    answer = {"ok": True, "messages": found[first : first + limit], "has_more": more}
    return {**answer, "response_metadata": {"next_cursor": str(first + limit) if more else ""}}


def _upload_url(workspace: Workspace, args: Payload, base: str) -> Payload:
    if not args.get("filename") or int(args.get("length", 0)) < 1:
        return _error("invalid_arguments")
    file = f"F{workspace.number():07}"
    workspace.files[file] = {"id": file, "name": args["filename"], "length": int(args["length"])}
    return {"ok": True, "upload_url": f"{base}/upload/{workspace.team}/{file}", "file_id": file}


def upload(workspace: Workspace, file: str, content: bytes) -> bool:
    """Take the bytes of a file; false for one that was not announced with that length."""
    with workspace.lock:
        known = workspace.files.get(file)
        if known is None or known["length"] != len(content):
            return False
        known["content"] = content
        return True


def _complete(workspace: Workspace, args: Payload, _base: str) -> Payload:
    wanted = json.loads(args["files"])
    if any("content" not in workspace.files.get(each["id"], {}) for each in wanted):
        return _error("file_not_found")
    channel, thread = args.get("channel_id", ""), args.get("thread_ts")
    if channel not in workspace.messages:
        return _error("channel_not_found")
    shown = [_shown(workspace.files[each["id"]], each.get("title")) for each in wanted]
    message = {**_message(workspace, {"text": ""}), "files": shown, "subtype": "file_share"}
    if thread:
        message["thread_ts"] = thread
    workspace.add(channel, message)
    return {"ok": True, "files": [{"id": each["id"], "title": each["title"]} for each in shown]}


def _shown(file: Payload, title: str | None) -> Payload:
    return {"id": file["id"], "name": file["name"], "title": title or file["name"]}


def _user(workspace: Workspace, args: Payload, _base: str) -> Payload:
    user = workspace.users.get(args.get("user", ""))
    return {"ok": True, "user": user} if user else _error("user_not_found")


def _user_by_email(workspace: Workspace, args: Payload, _base: str) -> Payload:
    wanted = args.get("email", "").casefold()
    users = workspace.users.values()
    found = (u for u in users if wanted and u["profile"].get("email", "").casefold() == wanted)
    user = next(found, None)
    return {"ok": True, "user": user} if user else _error("users_not_found")


def _access(workspace: Workspace, args: Payload, _base: str) -> Payload:
    """Give a token for a code, or a new one for a refresh token; each is good once."""
    renews = args.get("grant_type") == "refresh_token"
    granted = workspace.grants.pop(args.get("refresh_token" if renews else "code", ""), None)
    return granted or _error("invalid_refresh_token" if renews else "invalid_code")


def _revoke(_workspace: Workspace, _args: Payload, _base: str) -> Payload:
    return {"ok": True, "revoked": True}


def _auth(workspace: Workspace, _args: Payload, base: str) -> Payload:
    who = {"user": "loftesbot", "user_id": BOT_USER, "bot_id": BOT, "team_id": workspace.team}
    return {"ok": True, "url": f"{base}/", "team": "Gävle", **who}


def _open_view(workspace: Workspace, args: Payload, _base: str) -> Payload:
    trigger = args.get("trigger_id", "")
    if trigger not in workspace.tickets:
        return _error("expired_trigger_id")
    workspace.tickets.discard(trigger)
    given = args.get("view", {})
    view = json.loads(given) if isinstance(given, str) else given
    if fault := view_fault(view):
        return _error(fault)
    opened = {"id": f"V{workspace.number():07}", **view}
    workspace.views.append(opened)
    return {"ok": True, "view": opened}


def _publish_view(workspace: Workspace, args: Payload, _base: str) -> Payload:
    if args.get("user_id") not in workspace.users:
        return _error("user_not_found")
    given = args.get("view", {})
    view = json.loads(given) if isinstance(given, str) else given
    if view.get("type") != "home" or not 1 <= len(view.get("blocks", [])) <= 100:
        return _error("invalid_arguments")
    workspace.homes[args["user_id"]] = view
    return {"ok": True, "view": {"id": f"V{workspace.number():07}", **view}}


def _open_socket(workspace: Workspace, _args: Payload, base: str) -> Payload:
    ticket = f"ticket-{workspace.number()}"
    workspace.tickets.add(ticket)
    address = base.replace("http://", "ws://")
    return {"ok": True, "url": f"{address}/link/?ticket={ticket}&app_id={APP}"}


def _content_fault(workspace: Workspace, args: Payload, *, longest: int) -> str:
    text, blocks = args.get("text", ""), _blocks(args)
    if args.get("channel") not in workspace.messages:
        return "channel_not_found"
    if not text and not blocks:
        return "no_text"
    return "msg_too_long" if len(text) > longest else blocks_fault(blocks)


def _keep_pace(workspace: Workspace, channel: str) -> None:
    earlier = workspace.posted(channel)
    if workspace.limits_rate and earlier and workspace.clock() - float(earlier[-1]["ts"]) < 1:
        raise RateLimitedError


def _message(workspace: Workspace, args: Payload) -> Payload:
    taken: dict[str, Any] = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "team": TEAM,
        "text": args.get("text", ""),
        "ts": workspace.stamp(),
        "blocks": [{"block_id": f"b{n}", **each} for n, each in enumerate(_blocks(args))],
    }
    kept = {each: args[each] for each in ("metadata", "thread_ts") if args.get(each)}
    return {**taken, **kept}


def _blocks(args: Payload) -> list[Payload]:
    given = args.get("blocks") or []
    blocks: list[Payload] = json.loads(given) if isinstance(given, str) else given
    return blocks


def _error(code: str) -> Payload:
    return {"ok": False, "error": code}


METHODS: dict[str, Method] = {
    "apps.connections.open": _open_socket,
    "auth.revoke": _revoke,
    "auth.test": _auth,
    "chat.postEphemeral": _ephemeral,
    "chat.postMessage": _post,
    "chat.update": _update,
    "views.publish": _publish_view,
    "conversations.history": _history,
    "conversations.open": _open_conversation,
    "conversations.replies": _replies,
    "files.completeUploadExternal": _complete,
    "files.getUploadURLExternal": _upload_url,
    "oauth.v2.access": _access,
    "users.info": _user,
    "users.lookupByEmail": _user_by_email,
    "views.open": _open_view,
}
