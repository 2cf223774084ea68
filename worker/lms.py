"""Talking to learning platforms: tokens, addresses, and what their answers mean."""

import ipaddress
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

import httpx2
import jwt

from grading.store.lms import private_key
from grading.store.settings import Settings
from grading.store.tables import Platform

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_S = 300
RENEW_BEFORE_S = 300
LONGEST_WORDS = 500
RATE_LEFT = "x-rate-limit-remaining"


class PlatformAnswer(StrEnum):
    """What a platform's answer means for the post."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"


class Unreachable(Exception):  # noqa: N818  # never leaves the worker: it means "later"
    """The platform did not answer, or not sensibly."""


class Unsafe(Exception):  # noqa: N818  # never leaves the worker: it means "refused"
    """The address is none that the service may call."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `renew_at` on this process's clock."""

    value: str
    renew_at: float


class Tokens:
    """Access tokens by client credentials, one per registration, kept until shortly before they run out."""

    def __init__(self, settings: Settings, client: httpx2.Client) -> None:
        self._settings = settings
        self._client = client
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}

    def token_for(self, platform: Platform) -> str:
        """A token with the scope to post scores.

        Raises:
            Unreachable, Unsafe, HouseFault: there is none to be had.
        """
        with self._lock:
            known = self._tokens.get(platform.id)
            if known is None or known.renew_at <= time.monotonic():
                known = self._tokens[platform.id] = self._fetch(platform)
            return known.value

    def forget(self, platform: Platform) -> None:
        """The platform no longer takes the token."""
        with self._lock:
            self._tokens.pop(platform.id, None)

    def _fetch(self, platform: Platform) -> Token:
        refuse_unsafe(platform.token_url, self._settings)
        moment = int(time.time())
        assertion = jwt.encode(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.token_audience or platform.token_url,
                "iat": moment,
                "exp": moment + ASSERTION_S,
                "jti": secrets.token_urlsafe(16),
            },
            private_key(self._settings, platform),
            algorithm="RS256",
            headers={"kid": platform.key_id},
        )
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": SCORE_SCOPE,
        }
        try:
            response = self._client.post(platform.token_url, data=form)
            told = response.json() if response.is_success else {}
        except (httpx2.HTTPError, ValueError) as error:
            raise Unreachable(f"no token: {type(error).__name__}") from error
        if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
            raise Unreachable(f"no token: the platform answered {response.status_code}")
        lasts = told.get("expires_in")
        lasts_s = float(lasts) if isinstance(lasts, int | float) else 3600.0
        return Token(told["access_token"], time.monotonic() + max(0.0, lasts_s - RENEW_BEFORE_S))


def score_url(line_item_url: str) -> str:
    """The address that takes scores: `/scores` goes to the path, the query stays.

    >>> score_url("https://lms.example/mod/lti/lineitems/12/lineitem?type_id=3")
    'https://lms.example/mod/lti/lineitems/12/lineitem/scores?type_id=3'
    """
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))


def refuse_unsafe(url: str, settings: Settings) -> str:
    """Let no address that somebody typed in lead into our own network.

    Returns:
        The address that was looked at, to connect to; "" where the operator allows private ones.

    Raises:
        Unsafe: not https, or leads to an address that is not public; where the operator allows private ones, only
            something else than http(s).
        Unreachable: the name has no address now.
    """
    parts = urlsplit(url)
    allowed = {"https", "http"} if settings.lms_private_addresses else {"https"}
    if parts.scheme not in allowed or not parts.hostname:
        raise Unsafe(f"{parts.scheme or 'no'} address; the platform must be reached over https")
    if settings.lms_private_addresses:
        return ""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{parts.hostname} has no address") from error
    addresses = [str(address[4][0]) for address in found]
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise Unsafe(f"{parts.hostname} leads to a private address; set CHAINRULE_LMS_PRIVATE_ADDRESSES to allow that")
    return addresses[0]


class Guarded(httpx2.BaseTransport):
    """Connects to the very address that was looked at: what a name leads to when it is asked again does not count.

    Args:
        settings: asked anew for each request.
        inner: what sends. It must keep no connection, since by its address one would serve every name that leads there.
    """

    def __init__(self, settings: Settings, inner: httpx2.BaseTransport) -> None:
        self._settings = settings
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. The name stays in the Host header, and the certificate must be the name's.

        Raises:
            Unsafe, Unreachable: as `refuse_unsafe`.
        """
        address = refuse_unsafe(str(request.url), self._settings)
        if address:
            request.extensions = {**request.extensions, "sni_hostname": request.url.host}
            request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close what sends."""
        self._inner.close()


def meaning_of(response: httpx2.Response) -> PlatformAnswer:
    """What the answer to a score means.

    Conflicts (409) are retried: the next try has a later timestamp. 401 is retried with a new token. 403 is a rate
    limit on Canvas when nothing remains of it. Every other refusal stays one, whatever the number of tries.
    """
    status = response.status_code
    if response.is_success:
        return PlatformAnswer.TAKEN
    rate_limited = status == httpx2.codes.FORBIDDEN and _nothing_left(response.headers.get(RATE_LEFT, ""))
    if rate_limited or status in {401, 408, 409, 425, 429} or response.is_server_error:
        return PlatformAnswer.LATER
    return PlatformAnswer.REFUSED


def pause_asked_for(response: httpx2.Response) -> float:
    """Seconds that the platform asks us to wait; 0 when it does not say."""
    asked = response.headers.get("retry-after", "")
    return float(min(int(asked), 3600)) if asked.isdecimal() else 0.0


def words_of(response: httpx2.Response) -> str:
    """The platform's own words, cut, for the staff's list."""
    said = " ".join(response.text.split())
    return f"{response.status_code}: {said[:LONGEST_WORDS]}"


def _nothing_left(told: str) -> bool:
    try:
        return float(told) <= 0
    except ValueError:
        return False
