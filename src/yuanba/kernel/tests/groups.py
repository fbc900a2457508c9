"""The three services' group bots on this machine, over HTTP: as strict as they are about addresses, words, signatures
and pace, and as odd about answers (200 for what they refuse).
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
PATHS = {
    "wecom": f"/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"/robot/send?access_token={KEY.replace('-', '')}",
    "feishu": f"/open-apis/bot/v2/hook/{KEY}",
}


class Groups:
    """One service of the three; `said` is what stands in the group. With `secret` it asks for signatures; `status` and
    `refusal` are what it answers instead of listening.
    """

    def __init__(self, service: str) -> None:
        self.service, self.secret, self.said = service, "", list[str]()
        self.status, self.refusal, self.location, self.tries = 200, 0, "", 0
        self.most = 20
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.tries += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = json.dumps(outer.answer(self.path, self.headers["Content-Type"], body)).encode()
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> str:
        return self.origin + PATHS[self.service]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, kind: str, body: bytes) -> dict[str, Any]:
        problem = self.refusal or self._problem(path, kind, body)
        if self.service == "feishu":
            return {"code": problem, "msg": "success" if not problem else "Bad Request", "data": {}}
        return {"errcode": problem, "errmsg": "ok" if not problem else "refused"}

    # One refusal after the other, as the services have them.
    def _problem(self, path: str, kind: str, body: bytes) -> int:  # noqa: PLR0911
        """0, or the code with which the service refuses."""
        if self.status != 200:
            return 0
        signs = {"wecom": 93000, "dingtalk": 300005, "feishu": 19001}
        asked = urlsplit(path)
        wanted = urlsplit(PATHS[self.service])
        key = parse_qs(wanted.query)
        if asked.path != wanted.path or any(parse_qs(asked.query).get(name) != key[name] for name in key):
            return signs[self.service]
        if not kind.startswith("application/json"):
            return 40035
        given = json.loads(body)
        if self.secret and not self._is_signed(parse_qs(asked.query), given):
            return {"dingtalk": 310000, "feishu": 19021}[self.service]
        text = given["content"]["text"] if self.service == "feishu" else given["text"]["content"]
        if given["msg_type" if self.service == "feishu" else "msgtype"] != "text" or not text:
            return 40008
        if self.service == "wecom" and len(text.encode()) > 2048:
            return 40058
        if len(self.said) >= self.most:
            return {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}[self.service]
        self.said.append(text)
        return 0

    def _is_signed(self, query: dict[str, list[str]], given: dict[str, Any]) -> bool:
        if self.service == "dingtalk":
            stamp, sign = query.get("timestamp", ["0"])[0], query.get("sign", [""])[0]
            wanted = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256)
            age_s = abs(time.time() - int(stamp) / 1000)
        else:
            stamp, sign = given.get("timestamp", "0"), given.get("sign", "")
            wanted = hmac.new(f"{stamp}\n{self.secret}".encode(), digestmod=hashlib.sha256)
            age_s = abs(time.time() - int(stamp))
        return age_s < 3600 and sign == base64.b64encode(wanted.digest()).decode()
