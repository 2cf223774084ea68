"""A small learning platform on 127.0.0.1: tokens for signed assertions, scores with strictly growing timestamps."""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


@dataclass
class FakePlatform:
    """What the platform knows, and how it is to behave next.

    Attributes:
        public_key: of the tool.
        audience: what an assertion must name.
        answers: statuses (with headers) for the next scores, before ordinary behaviour resumes.
        scores: what was taken, in order.
        seen: every score that arrived, with its path.
        tokens: how many tokens were given out.
    """

    public_key: Any = None
    audience: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tokens: int = 0
    jtis: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def start(self) -> None:
        """Listen on a free port."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Be quiet."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with platform.lock:
                    if self.path == "/token":
                        status, headers, answer = platform.give_token(body)
                    else:
                        status, headers, answer = platform.take_score(self.path, dict(self.headers.items()), body)
                sent = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(sent))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def give_token(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Check the assertion as a platform does."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        claims = jwt.decode(
            form["client_assertion"],
            self.public_key,
            algorithms=["RS256"],
            audience=self.audience,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
        )
        if claims["iss"] != claims["sub"] or claims["jti"] in self.jtis or form["grant_type"] != "client_credentials":
            return 400, {}, {"error": "invalid_request"}
        if not jwt.get_unverified_header(form["client_assertion"]).get("kid"):
            return 400, {}, {"error": "no kid"}
        self.jtis.add(claims["jti"])
        self.tokens += 1
        return 200, {}, {"access_token": f"token-{self.tokens}", "expires_in": 3600, "token_type": "Bearer"}

    def take_score(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        """Take a score, or behave as told."""
        score = json.loads(body)
        self.seen.append((path, score))
        names = {name.lower(): value for name, value in headers.items()}
        if self.answers:
            status, more = self.answers.pop(0)
            return status, more, {"message": "as told"}
        if names["content-type"] != SCORE_TYPE:
            return 415, {}, {"message": "wrong type"}
        if names["authorization"] != f"Bearer token-{self.tokens}":
            return 401, {}, {"message": "wrong token"}
        if not urlsplit(path).path.endswith("/scores"):
            return 404, {}, {"message": "no such address"}
        moment = datetime.fromisoformat(score["timestamp"])
        earlier = [datetime.fromisoformat(old["timestamp"]) for old in self.scores if old["userId"] == score["userId"]]
        # As Moodle does it: whole seconds, and an equal one is refused.
        if earlier and int(moment.timestamp()) <= int(max(earlier).timestamp()):
            return 409, {}, {"message": "refusing score with an earlier timestamp"}
        self.scores.append(score)
        return 200, {}, {}
