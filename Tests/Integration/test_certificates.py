"""Bad certificates of every kind in every ssl_mode, against real servers; what leaves the machine when TLS is taken away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import servers
from certificates import EXPIRED, NOT_YET_VALID, Authority, Pair, self_signed
from connector import EXIT_NO_PERMISSION, EXIT_OK, Connector, Result
from proxy import Proxy, without_tls
from servers import REPLICA_PASSWORD, REPLICA_USER, Server

HERE = ("localhost", "127.0.0.1")
MODES = ("disabled", "preferred", "required", "verify_ca", "verify_identity")

NOT_ISSUED = "it is not issued by an authority in"
# What the modes that verify say about each certificate; nothing where they accept it.
VERDICTS: dict[str, dict[str, str]] = {
    "good": {"verify_ca": "", "verify_identity": ""},
    "expired": {"verify_ca": "its time is over", "verify_identity": "its time is over"},
    "not-yet-valid": {"verify_ca": "its time has not begun", "verify_identity": "its time has not begun"},
    "other-host": {"verify_ca": "", "verify_identity": "it is not for localhost"},
    "other-authority": {"verify_ca": NOT_ISSUED, "verify_identity": NOT_ISSUED},
    "self-signed": {"verify_ca": NOT_ISSUED, "verify_identity": NOT_ISSUED},
}


@dataclass
class Presenter:
    """A server that presents any of the certificates."""

    server: Server
    authority: Path
    pairs: dict[str, Pair]
    current: Pair
    options: tuple[str, ...]
    presented: str = ""

    def present(self, name: str) -> None:
        """Lets the server read its certificate again: MySQL by a restart, because RELOAD TLS judges certificates itself."""
        if name == self.presented:
            return
        for source, target in ((self.pairs[name].certificate, self.current.certificate), (self.pairs[name].key, self.current.key)):
            shutil.copyfile(source, target)
        if self.server.is_mysql:
            servers.stop(self.server)
            self.start()
        else:
            self.server.execute("FLUSH SSL")
        self.presented = name

    def start(self) -> None:
        """Starts the server with what lies in the place of its certificate."""
        self.server = servers.start(self.server.name, "bad", self.server.port, *self.options)


@pytest.fixture(scope="module", params=["mysql-9.7", "mariadb-11.8"])
def presenter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presenter]:
    folder = tmp_path_factory.mktemp("certificates")
    right = Authority(folder / "right", "the right authority")
    other = Authority(folder / "other", "another authority")
    pairs = {
        "good": right.issue("good", HERE),
        "expired": right.issue("expired", HERE, valid=EXPIRED),
        "not-yet-valid": right.issue("not-yet-valid", HERE, valid=NOT_YET_VALID),
        "other-host": right.issue("other-host", ("db.example",)),
        "other-authority": other.issue("other-authority", HERE),
        "self-signed": self_signed(folder, "self-signed", HERE),
    }
    assert pairs.keys() == VERDICTS.keys()
    current = Pair(folder / "current.pem", folder / "current-key.pem")
    shutil.copyfile(pairs["good"].certificate, current.certificate)
    shutil.copyfile(pairs["good"].key, current.key)
    servers.reset(request.param, "bad")
    options = (f"--ssl-ca={right.path}", f"--ssl-cert={current.certificate}", f"--ssl-key={current.key}")
    server = servers.start(request.param, "bad", servers.free_port(), *options)
    yield Presenter(server, right.path, pairs, current, options)
    servers.reset(request.param, "bad")


def connect(connector: Connector, presenter: Presenter, mode: str, **fields: Any) -> Result:
    """A run from the end of the log to the end of its file: it logs in, asks for the dump, and is done."""
    here = presenter.server.history()
    fields = {"host": "localhost", "ssl_mode": mode, "ssl_ca": str(presenter.authority), "to_binlog_position": None} | fields
    return connector.run(connector.config(presenter.server, here, here, **fields), limit=30)


def check_accepted(result: Result, mode: str) -> None:
    result.expect(EXIT_OK)
    connected = next(line for line in result.stderr.splitlines() if "connected successfully" in line)
    assert ("not encrypted" if mode == "disabled" else " TLS 1.") in connected


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("certificate", VERDICTS)
def test_every_certificate_in_every_mode(presenter: Presenter, connector: Connector, certificate: str, mode: str) -> None:
    presenter.present(certificate)
    sent: list[bytes] = []
    with Proxy(presenter.server.host, presenter.server.port, on_sent=sent.append) as proxy:
        result = connect(connector, presenter, mode, port=proxy.port)
    verdict = VERDICTS[certificate].get(mode, "")
    if not verdict:
        check_accepted(result, mode)
        return
    result.expect(EXIT_NO_PERMISSION)
    assert "the server's certificate is rejected" in result.last_line and verdict in result.last_line
    assert_no_login(b"".join(sent))


def assert_no_login(sent: bytes) -> None:
    """Nothing but the wish for TLS and the handshake: the packet with the user name follows only on a good one."""
    assert REPLICA_USER.encode() not in sent and REPLICA_PASSWORD.encode() not in sent
    assert len(sent) == 0 or sent[:4] == b"\x20\0\0\x01", sent[:40]
    records, kinds = sent[36:], []
    while records:
        kinds.append(records[0])
        records = records[5 + int.from_bytes(records[3:5], "big"):]
    # Handshake, change of cipher, alert; no record of application data but the alert that TLS 1.3 disguises as one.
    assert set(kinds) <= {20, 21, 22, 23} and kinds.count(23) <= 1, kinds


def test_a_self_signed_certificate_can_be_trusted(presenter: Presenter, connector: Connector) -> None:
    presenter.present("self-signed")
    pair = presenter.pairs["self-signed"]
    for mode in ("verify_ca", "verify_identity"):
        check_accepted(connect(connector, presenter, mode, ssl_ca=str(pair.certificate)), mode)


@pytest.mark.parametrize("mode", MODES)
def test_tls_taken_out_of_the_greeting(presenter: Presenter, connector: Connector, mode: str) -> None:
    presenter.present("good")
    sent: list[bytes] = []
    with Proxy(presenter.server.host, presenter.server.port, without_tls, sent.append) as proxy:
        result = connect(connector, presenter, mode, port=proxy.port)
    if mode in ("disabled", "preferred"):
        check_accepted(result, "disabled")
        warned = "warn(connection): the server does not offer TLS: the connection is not encrypted" in result.stderr
        assert warned == (mode == "preferred")
        assert REPLICA_USER.encode() in b"".join(sent) and REPLICA_PASSWORD.encode() not in b"".join(sent)
    else:
        result.expect(EXIT_NO_PERMISSION)
        assert "encryption is required, and the server does not offer TLS" in result.last_line
        assert b"".join(sent) == b""


def test_a_password_under_an_unproven_key_is_a_warning(presenter: Presenter, connector: Connector) -> None:
    """caching_sha2_password with an empty cache, first without TLS, then with it."""
    if presenter.server.is_mariadb:
        pytest.skip("MariaDB asks for no password under a key")
    presenter.present("good")
    words = "the password is sent under an RSA key that nothing proves to be the server's"
    for mode, warned in (("disabled", True), ("verify_identity", False)):
        presenter.server.execute("FLUSH PRIVILEGES")
        result = connect(connector, presenter, mode).expect(EXIT_OK)
        assert (words in result.stderr) == warned
