"""A proxy before an object store that fails as stores and networks do: with errors, cut connections, lost answers."""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

_KEY_ID = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: dict[str, list[str]]
    key_id: str
    size: int
    date: str
    conditions: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        match self.method:
            case "POST":
                return "CreateMultipartUpload" if "uploads" in self.query else "CompleteMultipartUpload"
            case "PUT":
                return "UploadPart" if "partNumber" in self.query else "PutObject"
            case "DELETE":
                return "AbortMultipartUpload" if "uploadId" in self.query else "DeleteObject"
            case "HEAD":
                return "HeadObject"
            case _:
                return "GetObject"


@dataclass(frozen=True)
class Fault:
    """What is done to a request.

    - `error`: the store answers with `status` and `code`, perhaps at another time by its clock, and does nothing; with 200 it
      gives an ETag, too;
    - `cut`: the connection ends in the middle of the request's body;
    - `lose`: the store does it, and the answer is lost;
    - `half`: the store does it, and half of the answer comes;
    - `damage`: a bit of the body flips on its way;
    - `stall`: nothing happens any more;
    - `pretend`: something that is no store answers with `status`, without a body and without an ETag;
    - `hold`: the whole request comes through, and nothing happens until `S3Proxy.apply`, long after its sender was killed.
    """

    kind: str
    status: int = 503
    code: str = "SlowDown"
    date: str | None = None


# Decides what happens to a request; None lets it through.
Decide = Callable[[Request], Fault | None]


def error_body(code: str) -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>said the proxy</Message>'
            "<RequestId>REQ-1</RequestId></Error>").encode()


@dataclass(frozen=True)
class Held:
    """A request as it came."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, port: int) -> Answer:
        upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        upstream.putrequest(self.method, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers:
            if name.lower() != "connection":
                upstream.putheader(name, value)
        upstream.endheaders(self.body)
        response = upstream.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        upstream.close()
        return answer


@dataclass(frozen=True)
class Answer:
    """What the store said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class S3Proxy:
    """Forwards to a port; `requests` are all that came, `faults` those that were disturbed."""

    def __init__(self, port: int, decide: Decide = lambda request: None) -> None:
        self._target = port
        self.decide = decide
        self.requests: list[Request] = []
        self.faults: Counter[str] = Counter()
        self.released = threading.Event()
        self.held: list[Held] = []
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def count(self, operation: str) -> int:
        return sum(request.operation == operation for request in self.requests)

    def apply(self) -> list[int]:
        """Does now what was held back; returns what the store answers, which nobody hears."""
        held, self.held = self.held, []
        return [request.send(self._target).status for request in held]

    @property
    def target(self) -> int:
        return self._target

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: S3Proxy

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            pass

    def _serve(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        key_id = _KEY_ID.search(self.headers.get("Authorization", ""))
        request = Request(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True),
                          key_id[1] if key_id else "", size, self.headers.get("x-amz-date", ""),
                          tuple(name for name in ("If-Match", "If-None-Match") if name in self.headers))
        self.owner.requests.append(request)
        fault = self.owner.decide(request)
        if fault:
            self.owner.faults[fault.kind] += 1
        kind = fault.kind if fault else ""
        if kind == "stall":
            self.owner.released.wait()
            self.close_connection = True
            return
        if kind == "cut":
            self.rfile.read(size // 2)
            self.close_connection = True
            return
        body = self.rfile.read(size)
        if fault and kind == "error":
            headers = [("Content-Type", "application/xml")] + ([("ETag", '"0"')] if fault.status < 300 else [])
            self._answer(fault.status, headers, error_body(fault.code), date=fault.date)
            return
        if fault and kind == "pretend":
            self._answer(fault.status, [], b"")
            return
        if kind == "hold":
            self.owner.held.append(self._request(body))
            self.owner.released.wait()
            self.close_connection = True
            return
        if kind == "damage" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        self._forward(body, kind)

    def _request(self, body: bytes) -> Held:
        return Held(self.command, self.path, list(self.headers.items()), body)

    def _forward(self, body: bytes, kind: str) -> None:
        response = self._request(body).send(self.owner.target)
        data = response.body
        headers = [(name, value) for name, value in response.headers
                   if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server")]
        if self.command == "HEAD":
            headers += [(name, value) for name, value in response.headers if name.lower() == "content-length"]
        if kind == "lose":
            self.close_connection = True
        elif kind == "half":
            self._answer(response.status, headers, data + b"more", len(data) // 2)
            self.close_connection = True
        else:
            self._answer(response.status, headers, data)

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, sent: int | None = None,
                date: str | None = None) -> None:
        self.send_response_only(status)
        self.send_header("Date", date or self.date_time_string())
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if sent is None else body[:sent])

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server looks for
