"""A city's identity service on this machine: OpenID Connect over HTTP with discovery, authorization, tokens and keys,
as strict as the standard asks (OpenID Connect Core 1.0, RFC 7636), and able to lie.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "yuanba", "the secret of the client"


class Identity:
    """`subject` is who is signed in there. What `lies` holds replaces claims of the next tokens; `said_issuer` what
    discovery names; with `foreign_key` tokens are signed by somebody else; `gone` answers nothing but 500.
    """

    def __init__(self) -> None:
        self.subject, self.extra, self.lies = "u-1001", dict[str, Any](), dict[str, Any]()
        self.foreign_key = self.gone = self.unsigned = False
        self.asked: list[dict[str, str]] = []
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, dict[str, str]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.get(self)

            def do_POST(self) -> None:
                outer.post(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.issuer = self.said_issuer = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        path, query = urlsplit(request.path).path, _flat(urlsplit(request.path).query)
        if self.gone:
            self._answer(request, 500, {})
        elif path == "/.well-known/openid-configuration":
            self._answer(request, 200, self._discovery())
        elif path == "/keys":
            numbers = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
            self._answer(request, 200, {"keys": [numbers | {"kid": "k1", "use": "sig", "alg": "RS256"}]})
        elif path == "/authorize" and query.get("client_id") == CLIENT_ID:
            self._authorize(request, query)
        else:
            self._answer(request, 404, {})

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.said_issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _authorize(self, request: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        request.send_response(302)
        back = urlencode({"code": code, "state": query["state"]})
        request.send_header("Location", f"{query['redirect_uri']}?{back}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def post(self, request: BaseHTTPRequestHandler) -> None:
        form = _flat(request.rfile.read(int(request.headers["Content-Length"])).decode())
        query = self._codes.pop(form.get("code", ""), None)
        right = (
            query is not None
            and form.get("grant_type") == "authorization_code"
            and (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
            and form.get("redirect_uri") == query["redirect_uri"]
            and _challenge(form.get("code_verifier", "")) == query.get("code_challenge")
            and query.get("code_challenge_method") == "S256"
        )
        if not right or query is None:
            self._answer(request, 400, {"error": "invalid_grant"})
            return
        self._answer(
            request,
            200,
            {
                "access_token": secrets.token_urlsafe(16),
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self._token(query),
            },
        )

    def _token(self, query: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            "name": "身份甲",
            "email": "somebody@example.org",
            **self.extra,
            **self.lies,
        }
        if self.unsigned:
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})
        key = self._other if self.foreign_key else self._key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})

    def _answer(self, request: BaseHTTPRequestHandler, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


def _flat(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
