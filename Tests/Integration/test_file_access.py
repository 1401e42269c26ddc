"""Who may read what the program writes, and the files that it takes its password from."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connector import EXIT_CONFIG, EXIT_OK, Connector
from servers import REPLICA_PASSWORD, Server
from workloads import orders


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", ["022", "000", "077"])
@pytest.mark.parametrize("staging", ["folder", "unnamed"])
def test_output_files(mysql: Server, connector: Connector, umask: str, staging: str) -> None:
    mysql.execute("DROP DATABASE IF EXISTS it_access", "CREATE DATABASE it_access")
    log = orders(mysql, "it_access")
    mysql.execute("DROP DATABASE it_access")
    if staging == "unnamed":
        connector.output.with_name(f".{connector.output.name}.staging").write_text("in the way")
    config = connector.parquet(mysql, log.start, log.stop, log_file=str(connector.folder / "run.log"))
    command = ["sh", "-c", f'umask {umask}; exec "$0" "$@"', *connector.command(config)]
    with connector.start_command(command) as running:
        running.wait().expect(EXIT_OK)
    removed = int(umask, 8)
    assert [mode(path) for path in connector.files()] == [0o640 & ~removed]
    assert mode(connector.output) == 0o750 & ~removed
    assert mode(connector.folder / "run.log") == 0o640 & ~removed


def test_password_file(mysql: Server, connector: Connector) -> None:
    here = mysql.history()
    secret = connector.folder / "secret"
    secret.touch(0o600)
    secret.write_text(f"{REPLICA_PASSWORD}\nnot this line\n")
    config = connector.config(mysql, here, here, password=None, password_file=str(secret), to_binlog_position=None)
    path = connector.write(config)
    path.chmod(0o644)
    result = connector.run(path, env={"MYSQL_PWD": "wrong"}).expect(EXIT_OK)
    assert [line for line in result.stderr.splitlines() if line.startswith("warn") and "held no event" not in line] == []
    secret.chmod(0o640)
    result = connector.run(path).expect(EXIT_OK)
    assert f"{secret} holds the password, and others than its owner can read it (mode 0640): run chmod 600" in result.stderr
    assert REPLICA_PASSWORD not in result.stderr and "not this line" not in result.stderr


def test_configuration_with_a_password_that_others_can_read(mysql: Server, connector: Connector) -> None:
    here = mysql.history()
    path = connector.write(connector.config(mysql, here, here, to_binlog_position=None))
    assert "chmod" not in connector.run(path).expect(EXIT_OK).stderr
    path.chmod(0o604)
    result = connector.run(path).expect(EXIT_OK)
    assert f"{path} holds a password, and others than its owner can read it (mode 0604): run chmod 600 {path}" in result.stderr


def test_password_file_that_is_missing(mysql: Server, connector: Connector) -> None:
    here = mysql.history()
    result = connector.run(connector.config(mysql, here, password=None, password_file="/no/such/secret"))
    assert "FileNotFound: password_file \"/no/such/secret\" cannot be read" in result.expect(EXIT_CONFIG).stderr
