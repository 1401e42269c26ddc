"""Logins by every method the servers have, and TLS in every mode, against instances with certificates of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import servers
from certificates import Authority, Pair
from connector import EXIT_CONFIG, EXIT_NO_PERMISSION, EXIT_OK, EXIT_UNAVAILABLE, Connector, Result
from proxy import Proxy, without_tls
from servers import Server

PASSWORD = "correct horse"
LONG_PASSWORD = "long-" * 14 + "é語😀"
REFUSED = (EXIT_UNAVAILABLE, EXIT_NO_PERMISSION)


@dataclass(frozen=True)
class Secured:
    """A server with certificates for localhost and 127.0.0.1, though not for ::1, and what a client needs for it."""

    server: Server
    right: Path
    wrong: Path
    client: Pair


@pytest.fixture(scope="module", params=servers.NAMES)
def secured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority(folder / "right", "the right authority")
    other = Authority(folder / "wrong", "another authority")
    pair = authority.issue("server", ("localhost", "127.0.0.1"))
    servers.reset(request.param, "tls")
    server = servers.start(request.param, "tls", servers.free_port(), f"--ssl-ca={authority.path}",
                           f"--ssl-cert={pair.certificate}", f"--ssl-key={pair.key}")
    yield Secured(server, authority.path, other.path, authority.issue("client", client=True))
    servers.reset(request.param, "tls")


@contextmanager
def user(server: Server, identified: str, require: str = "NONE") -> Iterator[str]:
    """A replication user for the time of a test. FLUSH PRIVILEGES empties the server's cache of passwords."""
    name = "someone"
    server.execute(f"DROP USER IF EXISTS '{name}'@'%'", f"CREATE USER '{name}'@'%' IDENTIFIED {identified} REQUIRE {require}",
                   f"GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '{name}'@'%'", "FLUSH PRIVILEGES")
    try:
        yield name
    finally:
        server.execute(f"DROP USER '{name}'@'%'")


def connect(connector: Connector, server: Server, **fields: Any) -> Result:
    """A run from the end of the log to the end of its file: it logs in, asks for the dump, and is done."""
    here = server.history()
    return connector.run(connector.config(server, here, here, **{"to_binlog_position": None, **fields}), limit=30)


def quoted(password: str) -> str:
    return "'" + password.replace("\\", "\\\\").replace("'", "''") + "'"


def by_plugin(server: Server, plugin: str, password: str) -> str:
    if server.is_mysql:
        return f"WITH {plugin} BY {quoted(password)}"
    return f"VIA {plugin} USING PASSWORD({quoted(password)})"


# ---------------------------------------------------------------------------------------------------------------------
# Logins

PASSWORDS = [PASSWORD, LONG_PASSWORD, "", "x", "'quote\" \\ €"]
PASSWORD_IDS = ["usual", "long", "empty", "one letter", "awkward"]


@pytest.mark.parametrize("ssl_mode", ["disabled", "preferred"])
@pytest.mark.parametrize("password", PASSWORDS, ids=PASSWORD_IDS)
def test_default_plugin(server: Server, connector: Connector, password: str, ssl_mode: str) -> None:
    """MySQL: caching_sha2_password, first with an empty cache (RSA or TLS), then from the cache. MariaDB: native."""
    with user(server, f"BY {quoted(password)}") as name:
        for _ in ("cold", "warm"):
            connect(connector, server, user=name, password=password, ssl_mode=ssl_mode).expect(EXIT_OK)
        if password:
            wrong = connect(connector, server, user=name, password=password + "!", ssl_mode=ssl_mode)
            assert "1045" in wrong.expect(EXIT_NO_PERMISSION).last_line


@pytest.mark.parametrize("password", PASSWORDS, ids=PASSWORD_IDS)
def test_old_passwords(server: Server, connector: Connector, password: str) -> None:
    """MySQL: sha256_password where the server still has it. MariaDB: mysql_native_password by name."""
    plugin = "sha256_password" if server.is_mysql else "mysql_native_password"
    if server.is_mysql and plugin not in {row[0] for row in server.execute("SHOW PLUGINS")}:
        pytest.skip(f"{server.name} {server.version} has no {plugin}")
    with user(server, by_plugin(server, plugin, password)) as name:
        for ssl_mode in ("disabled", "required"):
            connect(connector, server, user=name, password=password, ssl_mode=ssl_mode).expect(EXIT_OK)


def test_ed25519_works_or_is_refused_clearly(server: Server, connector: Connector) -> None:
    if server.is_mysql:
        pytest.skip("MySQL has no ed25519 plugin")
    if "ed25519" not in {row[0] for row in server.execute("SHOW PLUGINS")}:
        server.execute("INSTALL SONAME 'auth_ed25519'")
    with user(server, by_plugin(server, "ed25519", PASSWORD)) as name:
        result = connect(connector, server, user=name, password=PASSWORD)
    if result.code != EXIT_OK:
        assert "ed25519" in result.expect(EXIT_NO_PERMISSION).last_line


def test_password_is_never_sent_in_clear(mysql: Server, connector: Connector) -> None:
    """A cold cache and no TLS: what the client sends must not hold the password."""
    sent: list[bytes] = []
    with user(mysql, f"BY {quoted(PASSWORD)}") as name, Proxy(mysql.host, mysql.port, on_sent=sent.append) as proxy:
        connect(connector, mysql, port=proxy.port, user=name, password=PASSWORD, ssl_mode="disabled").expect(EXIT_OK)
    assert name.encode() in b"".join(sent)
    assert PASSWORD.encode() not in b"".join(sent)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_hosts(server: Server, connector: Connector, host: str) -> None:
    connect(connector, server, host=host).expect(EXIT_OK)


# ---------------------------------------------------------------------------------------------------------------------
# TLS

# ssl_mode, which authority, host, whether it must work
MATRIX = [
    ("disabled", None, "127.0.0.1", True), ("disabled", "wrong", "127.0.0.1", True),
    ("preferred", None, "127.0.0.1", True), ("preferred", "right", "::1", True),
    ("required", None, "127.0.0.1", True), ("required", "right", "::1", True),
    ("verify_ca", "right", "127.0.0.1", True), ("verify_ca", "right", "::1", True), ("verify_ca", "wrong", "127.0.0.1", False),
    ("verify_identity", "right", "localhost", True), ("verify_identity", "right", "127.0.0.1", True),
    ("verify_identity", "right", "::1", False), ("verify_identity", "wrong", "localhost", False),
]


@pytest.mark.parametrize(("mode", "authority", "host", "works"), MATRIX)
def test_modes(secured: Secured, connector: Connector, mode: str, authority: str | None, host: str, works: bool) -> None:
    path = None if authority is None else str(getattr(secured, authority))
    result = connect(connector, secured.server, host=host, ssl_mode=mode, ssl_ca=path)
    if works:
        result.expect(EXIT_OK)
    else:
        assert result.code in REFUSED, result.stderr
        assert "certificate" in result.expect(result.code).last_line.lower()


@pytest.mark.parametrize("mode", ["verify_ca", "verify_identity"])
def test_verifying_without_an_authority_is_refused(secured: Secured, connector: Connector, mode: str) -> None:
    result = connect(connector, secured.server, host="localhost", ssl_mode=mode)
    assert result.code in (*REFUSED, EXIT_CONFIG), result.stderr


@pytest.mark.parametrize(("mode", "works"), [("disabled", False), ("preferred", True), ("required", True)])
def test_which_modes_encrypt(secured: Secured, connector: Connector, mode: str, works: bool) -> None:
    """The server itself lets this user in over TLS only."""
    with user(secured.server, f"BY {quoted(PASSWORD)}", require="SSL") as name:
        result = connect(connector, secured.server, user=name, password=PASSWORD, ssl_mode=mode)
    result.expect(EXIT_OK if works else EXIT_NO_PERMISSION)


def test_alias_ssl(secured: Secured, connector: Connector) -> None:
    with user(secured.server, f"BY {quoted(PASSWORD)}", require="SSL") as name:
        connect(connector, secured.server, user=name, password=PASSWORD, ssl=True).expect(EXIT_OK)
        connect(connector, secured.server, user=name, password=PASSWORD, ssl=False).expect(EXIT_NO_PERMISSION)


@pytest.mark.parametrize(("mode", "works"), [
    ("disabled", True), ("preferred", True), ("required", False), ("verify_ca", False), ("verify_identity", False)])
def test_server_without_tls(secured: Secured, connector: Connector, mode: str, works: bool) -> None:
    """Only "preferred" may go on in clear when the server, or somebody on the way, says that there is no TLS."""
    with Proxy(secured.server.host, secured.server.port, without_tls) as proxy:
        result = connect(connector, secured.server, port=proxy.port, ssl_mode=mode, ssl_ca=str(secured.right))
    if works:
        result.expect(EXIT_OK)
    else:
        assert result.code in REFUSED, result.stderr
        assert "TLS" in result.last_line or "SSL" in result.last_line


def test_client_certificate(secured: Secured, connector: Connector) -> None:
    pair = {"ssl_cert": str(secured.client.certificate), "ssl_key": str(secured.client.key)}
    with user(secured.server, f"BY {quoted(PASSWORD)}", require="X509") as name:
        login = {"user": name, "password": PASSWORD, "ssl_mode": "verify_identity", "host": "localhost",
                 "ssl_ca": str(secured.right)}
        connect(connector, secured.server, **login, **pair).expect(EXIT_OK)
        connect(connector, secured.server, **login).expect(EXIT_NO_PERMISSION)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_protocol_versions(secured: Secured, connector: Connector, version: str) -> None:
    """MySQL changes its TLS versions without a restart; MariaDB offers the newest both sides know."""
    if secured.server.is_mariadb:
        pytest.skip("MariaDB sets its TLS versions at start only")
    old = secured.server.execute("SELECT @@tls_version")[0][0]
    secured.server.execute(f"SET GLOBAL tls_version = '{version}'", "ALTER INSTANCE RELOAD TLS")
    try:
        connect(connector, secured.server, ssl_mode="verify_ca", ssl_ca=str(secured.right)).expect(EXIT_OK)
    finally:
        secured.server.execute(f"SET GLOBAL tls_version = '{old}'", "ALTER INSTANCE RELOAD TLS")


@pytest.mark.parametrize("field", ["ssl_ca", "ssl_cert", "ssl_key"])
def test_missing_file(secured: Secured, connector: Connector, field: str) -> None:
    files = {"ssl_ca": str(secured.right), "ssl_cert": str(secured.client.certificate), "ssl_key": str(secured.client.key)}
    files[field] = "/no/such/file.pem"
    result = connect(connector, secured.server, ssl_mode="verify_ca", **files)
    assert "/no/such/file.pem" in result.expect(EXIT_CONFIG).stderr
