"""The static executable: it needs no library, and in an otherwise empty root it finds hosts and verifies certificates.

The root holds the program, a configuration and an authority's certificate; the kernel's /proc is mounted in it, as every
container engine and AWS Lambda do, because Swift's runtime reads its arguments there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import servers
from certificates import Authority
from changes import read_folder
from connector import EXIT_NO_PERMISSION, EXIT_OK, EXIT_UNAVAILABLE, Connector, Result, binary
from dns_server import DNSServer
from servers import Server
from workloads import orders

DNS_HOST = "127.77.0.53"
NAME = "db.example.test"
OTHER_NAME = "other.example.test"
ZIP_LIMIT = 32_000_000

pytestmark = pytest.mark.skipif(
    b"INTERP" in subprocess.run(["readelf", "--wide", "--program-headers", str(binary())], capture_output=True).stdout,
    reason="the program under test is not static: scripts/build-static, and MBC_BINARY")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="chroot, mount and port 53 need root")


@dataclass(frozen=True)
class Root:
    """A folder to be the root of a run."""

    folder: Path
    connector: Connector
    server: Server

    def add(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def run(self, host: str, database: str) -> Result:
        """Streams the workload `orders` into /out."""
        log = orders(self.server, database)
        config = self.connector.parquet(
            self.server, log.start, log.stop, host=host, ssl_mode="verify_identity", ssl_ca="/ca.pem",
            parquet_output_dir="/out", max_reconnect_seconds=1)
        self.add("config.json", json.dumps(config))
        command = ["unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"',
                   str(self.folder), "/mysql-binlog-connector", "/config.json"]
        with self.connector.start_command(command) as running:
            return running.wait()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Authority]]:
    authority = Authority(tmp_path_factory.mktemp("certificates"), "the authority")
    pair = authority.issue("server", ("localhost", NAME))
    servers.reset("mariadb-11.8", "static")
    server = servers.start("mariadb-11.8", "static", servers.free_port(), f"--ssl-ca={authority.path}",
                           f"--ssl-cert={pair.certificate}", f"--ssl-key={pair.key}")
    yield server, authority
    servers.reset("mariadb-11.8", "static")


@pytest.fixture
def root(secured: tuple[Server, Authority], connector: Connector, tmp_path: Path) -> Root:
    server, authority = secured
    folder = tmp_path / "root"
    (folder / "proc").mkdir(parents=True)
    shutil.copy(binary(), folder / "mysql-binlog-connector")
    shutil.copy(authority.path, folder / "ca.pem")
    return Root(folder, connector, server)


@pytest.fixture
def database(secured: tuple[Server, Authority]) -> Iterator[str]:
    secured[0].execute("CREATE DATABASE it_static")
    yield "it_static"
    secured[0].execute("DROP DATABASE it_static")


@pytest.fixture
def dns() -> Iterator[DNSServer]:
    with DNSServer(DNS_HOST, NAME, "127.0.0.1") as server:
        yield server


def test_no_dependency() -> None:
    headers = subprocess.run(["readelf", "--wide", "--program-headers", "--dynamic", str(binary())],
                             capture_output=True, text=True, check=True).stdout
    assert "INTERP" not in headers and "(NEEDED)" not in headers
    listed = subprocess.run(["ldd", str(binary())], capture_output=True, text=True)
    assert "not a dynamic executable" in listed.stderr or "statically linked" in listed.stdout


def test_zip_is_small_enough(tmp_path: Path) -> None:
    """AWS Lambda takes 50 MB by upload."""
    path = tmp_path / "function.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(binary(), "bootstrap")
    assert path.stat().st_size <= ZIP_LIMIT


@needs_root
def test_localhost_needs_no_file(root: Root, database: str) -> None:
    root.run("localhost", database).expect(EXIT_OK)
    assert len(read_folder(root.folder / "out")) == 11


@needs_root
def test_name_in_etc_hosts(root: Root, database: str) -> None:
    root.add("etc/hosts", f"127.0.0.1 {NAME}\n")
    root.run(NAME, database).expect(EXIT_OK)
    assert len(read_folder(root.folder / "out")) == 11


@needs_root
def test_name_server(root: Root, database: str, dns: DNSServer) -> None:
    root.add("etc/resolv.conf", f"nameserver {DNS_HOST}\n")
    root.run(NAME, database).expect(EXIT_OK)
    assert NAME in dns.asked
    assert len(read_folder(root.folder / "out")) == 11


@needs_root
def test_name_that_no_server_knows(root: Root, database: str, dns: DNSServer) -> None:
    root.add("etc/resolv.conf", f"nameserver {DNS_HOST}\n")
    result = root.run(OTHER_NAME, database).expect(EXIT_UNAVAILABLE)
    assert OTHER_NAME in dns.asked and OTHER_NAME in result.last_line


@needs_root
def test_wrong_name_is_refused(root: Root, database: str) -> None:
    root.add("etc/hosts", f"127.0.0.1 {OTHER_NAME}\n")
    result = root.run(OTHER_NAME, database).expect(EXIT_NO_PERMISSION)
    assert f"it is not for {OTHER_NAME}" in result.last_line
