"""The program against a Runtime API that answers as a test wants: what it sends, and what it makes of malformed answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from connector import EXIT_CONFIG, EXIT_UNAVAILABLE, Connector, Result, binary

NEXT = "/2018-06-01/runtime/invocation/next"
CONFIG = {"host": "127.0.0.1", "port": 1, "from_binlog_file": "binlog.000001", "from_binlog_position": 4,
          "connect_timeout_seconds": 1}


@dataclass
class Reply:
    status: int = 202
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0
    is_cut: bool = False


def invocation(number: int, **headers: str | None) -> Reply:
    """An invocation whose event is wrong, so that it ends at once."""
    values: dict[str, str | None] = {
        "Lambda-Runtime-Aws-Request-Id": f"request-{number}", "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 60_000),
        "Lambda-Runtime-Trace-Id": f"Root=1-{number}"}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, {name: value for name, value in values.items() if value is not None}, b'{"nonsense": 1}')


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class RuntimeAPI:
    """Answers in turn: `invocations` to requests for the next one, 500 when there are no more, `posts` to everything else."""

    def __init__(self, invocations: list[Reply], posts: list[Reply] | None = None) -> None:
        self.requests: list[Request] = []
        api, self._invocations, self._posts = self, list(invocations), list(posts or [])

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                api._answer(self, api._invocations.pop(0) if api._invocations else Reply(500))

            def do_POST(self) -> None:
                api._answer(self, api._posts.pop(0) if api._posts else Reply())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.requests.append(Request(handler.command, handler.path, dict(handler.headers.items()), body))
        time.sleep(reply.delay)
        if reply.is_cut:
            handler.close_connection = True
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def __enter__(self) -> RuntimeAPI:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def run(connector: Connector, api: RuntimeAPI, config: Mapping[str, Any] | str = CONFIG) -> Result:
    path = connector.write(config)
    env = {"AWS_LAMBDA_RUNTIME_API": api.address, "CONNECTOR_CONFIG": str(path)}
    with connector.start_command([str(binary())], env) as running:
        return running.wait(60)


def test_requests(connector: Connector) -> None:
    with RuntimeAPI([invocation(1), invocation(2, Lambda_Runtime_Trace_Id=None)]) as api:
        result = run(connector, api).expect(EXIT_UNAVAILABLE)
    assert [(request.method, request.path) for request in api.requests] == [
        ("GET", NEXT), ("POST", "/2018-06-01/runtime/invocation/request-1/error"),
        ("GET", NEXT), ("POST", "/2018-06-01/runtime/invocation/request-2/error"), ("GET", NEXT)]
    post = api.requests[1]
    assert post.headers["Lambda-Runtime-Function-Error-Type"] == "Connector.InvalidEvent"
    assert post.headers["Content-Type"] == "application/json"
    body = json.loads(post.body)
    assert body.keys() == {"errorMessage", "errorType", "stackTrace"}
    assert (body["errorType"], body["stackTrace"]) == ("Connector.InvalidEvent", [])
    assert "status 500" in result.last_line


def test_init_error(connector: Connector) -> None:
    with RuntimeAPI([]) as api:
        run(connector, api, '{"host": "", "port": 70000}').expect(EXIT_CONFIG)
    [request] = api.requests
    assert (request.method, request.path) == ("POST", "/2018-06-01/runtime/init/error")
    assert request.headers["Lambda-Runtime-Function-Error-Type"] == "Connector.ConfigurationInvalid"
    message = json.loads(request.body)["errorMessage"]
    assert "InvalidPort: port must be 1 to 65535, is 70000" in message and "InvalidHost" in message


def test_long_wait(connector: Connector) -> None:
    late = invocation(1)
    late.delay = 15
    with RuntimeAPI([late]) as api:
        run(connector, api).expect(EXIT_UNAVAILABLE)
    assert api.requests[1].path.endswith("/request-1/error")


def test_errors_of_the_server_do_not_end_the_loop(connector: Connector) -> None:
    replies = [invocation(number) for number in range(3)]
    for reply in replies:
        reply.body = b"{}"
    with RuntimeAPI(replies) as api:
        run(connector, api).expect(EXIT_UNAVAILABLE)
    errors = [json.loads(request.body)["errorType"] for request in api.requests if request.method == "POST"]
    assert errors == ["Connector.ServerUnavailable"] * 3


@pytest.mark.parametrize(("reply", "words"), [
    (invocation(1, Lambda_Runtime_Aws_Request_Id=None), "Lambda-Runtime-Aws-Request-Id"),
    (invocation(1, Lambda_Runtime_Aws_Request_Id="../../init/error"), "Lambda-Runtime-Aws-Request-Id"),
    (invocation(1, Lambda_Runtime_Deadline_Ms=None), "Lambda-Runtime-Deadline-Ms"),
    (invocation(1, Lambda_Runtime_Deadline_Ms="soon"), "Lambda-Runtime-Deadline-Ms"),
    (Reply(403), "status 403"), (Reply(302, {"Location": "http://127.0.0.1:1/"}), "status 302"),
    (Reply(is_cut=True), "did not answer"), (Reply(200, body=bytes(17 << 20)), "did not answer"),
], ids=["no id", "hostile id", "no deadline", "no number", "403", "302", "cut", "huge"])
def test_malformed_answers(connector: Connector, reply: Reply, words: str) -> None:
    with RuntimeAPI([reply]) as api:
        result = run(connector, api).expect(EXIT_UNAVAILABLE)
    assert words in result.last_line
    assert [request.method for request in api.requests] == ["GET"]


def test_answers_that_are_not_taken(connector: Connector) -> None:
    """400 and 413 concern one invocation; 500 ends the runtime."""
    with RuntimeAPI([invocation(1), invocation(2), invocation(3)], [Reply(400), Reply(413), Reply(500)]) as api:
        result = run(connector, api).expect(EXIT_UNAVAILABLE)
    assert len(api.requests) == 6
    assert "did not take the answer to request-1: status 400" in result.stderr
    assert "status 500" in result.last_line


def test_no_api(connector: Connector, tmp_path: Path) -> None:
    with RuntimeAPI([]) as api:
        pass
    result = run(connector, api).expect(EXIT_UNAVAILABLE)
    assert "did not answer GET" in result.last_line
