"""Credentials of a container, which expire while a run is at work."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

import object_stores
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector
from object_stores import REGION, ObjectStore
from output_files import compare
from s3_proxy import Fault, Request, S3Proxy
from servers import Server
from test_s3 import config, expected, found
from workloads import Log, many_rows

TOKEN = "token-of-the-container"  # noqa: S105


class Endpoint:
    """Hands out credentials that work for `lifetime`; `answers` are the ids that it gave, `tokens` what it was shown."""

    def __init__(self, lifetime: timedelta) -> None:
        self.answers: list[str] = []
        self.tokens: list[str | None] = []
        self.lifetime = lifetime
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802 - the name that http.server looks for
                endpoint.tokens.append(self.headers.get("Authorization"))
                identifier = f"ASIA{len(endpoint.answers)}"
                endpoint.answers.append(identifier)
                body = json.dumps({
                    "AccessKeyId": identifier, "SecretAccessKey": f"secret-{identifier}", "Token": f"session-{identifier}",
                    "Expiration": f"{datetime.now(timezone.utc) + endpoint.lifetime:%Y-%m-%dT%H:%M:%SZ}"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/credentials"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="session")
def server(pool: Pool) -> Server:
    return pool.get("mariadb-11.8")


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_stores.running("moto", tmp_path_factory.mktemp("moto")) as store:
        yield store


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return many_rows(server, database, rows=50, statements=20)


def environment(proxy: S3Proxy, endpoint: Endpoint, **more: str) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_S3": proxy.endpoint, "AWS_REGION": REGION,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url} | more


def test_expired_token(server: Server, connector: Connector, log: Log, moto: ObjectStore, tmp_path: Path) -> None:
    """The store calls credentials expired before their time: new ones are asked for, with the token of the file."""
    bucket = moto.make_bucket()
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    seen = 0

    def decide(request: Request) -> Fault | None:
        nonlocal seen
        seen += request.key_id == "ASIA0"
        return Fault("error", 400, "ExpiredToken") if request.key_id == "ASIA0" and seen > 5 else None

    with Endpoint(timedelta(hours=1)) as endpoint, S3Proxy(moto.port, decide) as proxy:
        settings = config(connector, server, log, bucket, True, parquet_roll_rows=100)
        variables = environment(proxy, endpoint, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
        result = connector.run(settings, env=variables).expect(EXIT_OK)
    assert endpoint.answers == ["ASIA0", "ASIA1"] and endpoint.tokens == [TOKEN, TOKEN]
    assert proxy.faults.total() == 1 and {request.key_id for request in proxy.requests} == {"ASIA0", "ASIA1"}
    assert TOKEN not in result.stderr and "secret-ASIA" not in result.stderr and "session-ASIA" not in result.stderr
    compare(found(connector, moto, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


def test_renewed_in_time(server: Server, connector: Connector, log: Log, moto: ObjectStore) -> None:
    """Credentials that have less than five minutes left are not used when there are newer ones."""
    bucket = moto.make_bucket()
    with Endpoint(timedelta(minutes=4)) as endpoint, S3Proxy(moto.port) as proxy:
        settings = config(connector, server, log, bucket, True, parquet_roll_rows=500)
        variables = environment(proxy, endpoint, AWS_CONTAINER_AUTHORIZATION_TOKEN=TOKEN)
        connector.run(settings, env=variables).expect(EXIT_OK)
        assert len(endpoint.answers) == len(proxy.requests) and set(endpoint.tokens) == {TOKEN}
        endpoint.lifetime = timedelta(hours=6)
        before = len(endpoint.answers)
        other = moto.make_bucket()
        connector.run(config(connector, server, log, other, True, parquet_roll_rows=500), env=variables).expect(EXIT_OK)
        assert len(endpoint.answers) == before + 1
    compare(found(connector, moto, bucket), expected(connector, server, log.start, log.stop)).expect_equal()


def test_always_expired(server: Server, connector: Connector, log: Log, moto: ObjectStore) -> None:
    """New credentials that are no better end the run."""
    bucket = moto.make_bucket()
    with Endpoint(timedelta(hours=1)) as endpoint, \
            S3Proxy(moto.port, lambda request: Fault("error", 400, "ExpiredToken")) as proxy:
        result = connector.run(config(connector, server, log, bucket), env=environment(proxy, endpoint)).expect(EXIT_OUTPUT)
        assert len(proxy.requests) == 2
    assert "ExpiredToken" in result.last_line and "credentials that have not expired" in result.last_line


def test_endpoint_away(server: Server, connector: Connector, log: Log, moto: ObjectStore) -> None:
    with S3Proxy(moto.port) as proxy:
        variables = {"AWS_ENDPOINT_URL_S3": proxy.endpoint, "AWS_MAX_ATTEMPTS": "2",
                     "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/"}
        result = connector.run(config(connector, server, log, moto.make_bucket()), env=variables).expect(EXIT_OUTPUT)
    assert "credentials endpoint does not answer" in result.last_line and not proxy.requests


@pytest.mark.parametrize(("variables", "word"), [
    ({}, "AWS_ACCESS_KEY_ID"),
    ({"AWS_ACCESS_KEY_ID": "A"}, "set together"),
    ({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_REGION": ""}, "AWS_REGION is not set"),
    ({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S\n"}, "printable ASCII"),
    ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"}, "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
])
def test_environment(server: Server, connector: Connector, log: Log, variables: dict[str, str], word: str) -> None:
    """What is missing is said before anything is connected to."""
    cleared = {name: "" for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")}
    result = connector.run(config(connector, server, log, "bucket"), env=cleared | {"AWS_REGION": "x"} | variables)
    result.expect(EXIT_CONFIG)
    assert "InvalidValue: parquet_output_dir" in result.last_line and word in result.last_line, result.last_line
