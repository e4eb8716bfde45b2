"""Installing the app in a workspace by OAuth: two addresses that a browser is led to."""

from collections.abc import Sequence
from logging import getLogger

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store import OAuthStateStore
from slack_sdk.web import WebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.slack.client import make_client
from bot.chat.slack.outcomes import FAULTS, untaken
from bot.chat.slack.workspaces import SCOPES, Installed

INSTALL_PATH, CALLBACK_PATH = "/slack/install", "/slack/oauth_redirect"
TEXT: dict[str, str | Sequence[str]] = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
}
AGAIN = "Börja om på /slack/install."
WHY = {
    "access_denied": "Ingen godkände installationen i Slack.",
    "invalid_browser": f"Svaret kom till en annan webbläsare än den som frågade. {AGAIN}",
    "invalid_state": f"Länken har redan använts, eller är för gammal. {AGAIN}",
    "missing_code": f"Slack skickade ingen kod. {AGAIN}",
    "invalid_code": f"Slack godtog inte koden. {AGAIN}",
}
UNWANTED = (
    "Arbetsytan {team} är inte med i inställningen slack.workspaces. Be den som sköter Löftesbot "
    "att lägga till den."
)

log = getLogger(__name__)


class _Flow(OAuthFlow):
    """Keeps an installation only in a workspace that the settings name."""

    installed: Installed

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        """Keep it, or give the token back and raise a ``BoltError`` that says why."""
        team, token = str(installation.team_id or ""), str(installation.bot_token or "")
        if team not in self.installed.teams:
            make_client(token, self.client.base_url).auth_revoke()
            raise BoltError(UNWANTED.format(team=team))
        with self.installed.alone():
            super().store_installation(request, installation)
        log.info("Slack: appen är installerad i arbetsytan %s.", team)


def install_routes(
    installed: Installed, states: OAuthStateStore, client: WebClient, authorize_url: str
) -> Sequence[Route]:
    """Return the two addresses; ``client`` has no token, and ``states`` knows who asked."""
    rotator = installed.rotator
    settings = OAuthSettings(
        client_id=rotator.client_id,
        client_secret=rotator.client_secret,
        scopes=SCOPES,
        install_path=INSTALL_PATH,
        install_page_rendering_enabled=False,
        redirect_uri_path=CALLBACK_PATH,
        callback_options=CallbackOptions(success=_done, failure=_not_done),
        authorization_url=authorize_url,
        installation_store=installed.store,
        state_store=states,
    )
    flow = _Flow(client=client, settings=settings)
    flow.installed = installed

    def install(request: Request) -> Response:
        with installed.alone():
            return to_starlette_response(flow.handle_installation(to_bolt_request(request, b"")))

    def called_back(request: Request) -> Response:
        try:
            return to_starlette_response(flow.handle_callback(to_bolt_request(request, b"")))
        except FAULTS as error:
            text = f"Installationen blev inte av. {untaken(error).reason} {AGAIN}"
            return PlainTextResponse(text, 502, {"Cache-Control": "no-store"})

    return [Route(INSTALL_PATH, install), Route(CALLBACK_PATH, called_back)]


def _done(args: SuccessArgs) -> BoltResponse:
    name = args.installation.team_name or args.installation.team_id
    body = (
        f"Löftesbot är installerad i {name}. Bjud nu in den i kanalen: /invite @Löftesbot\n"
        f"Arbetsytans id är {args.installation.team_id}."
    )
    return BoltResponse(status=200, body=body, headers=TEXT)


def _not_done(args: FailureArgs) -> BoltResponse:
    why = str(args.error) if args.error else WHY.get(args.reason, f"Slack svarade {args.reason}.")
    status = 403 if args.error else max(args.suggested_status_code, 400)
    text = f"Installationen blev inte av. {why}"
    log.warning("Slack: %s", text)
    return BoltResponse(status=status, body=text, headers=TEXT)
