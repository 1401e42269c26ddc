"""The aarch64 executable under qemu: the same output as the program under test, from files and from servers.

Where it comes from: cross_build. MBC_LAMBDA_INVOCATIONS asks for a schedule of more than four invocations.
"""

from __future__ import annotations

import os
import stat
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connector import EXIT_OK, LIMIT_SECONDS, Config, Connector, Result
from cross_build import BUILD_SECONDS, TOOL, CrossBuild, why_not
from lambda_emulator import TIMEOUT, Function, emulator
from lambda_schedule import BucketPlace, run_schedule
from layouts import CHANGES
from object_stores import ObjectStore
from output_files import rows_in
from servers import PROJECT, Server
from workloads import many_rows, orders

INVOCATIONS = int(os.environ.get("MBC_LAMBDA_INVOCATIONS", "4"))
FIXTURES = sorted((PROJECT / "Tests" / "Fixtures").glob("*.hex"))
ZIP_LIMIT = 32_000_000

pytestmark = [pytest.mark.soak, pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.timeout(BUILD_SECONDS)]


@pytest.fixture(scope="module")
def program(cross_build: CrossBuild) -> Path:
    return cross_build.program()


def run(connector: Connector, program: Path, *arguments: str) -> Result:
    with connector.start_command([str(TOOL), "run", str(program), *arguments]) as running:
        return running.wait(4 * LIMIT_SECONDS)


def outputs(connector: Connector, program: Path, config: dict[str, Any]) -> tuple[bytes, bytes]:
    """What the config gives: here, and on aarch64."""
    here = connector.run(config).expect(EXIT_OK)
    there = run(connector, program, str(connector.write(config))).expect(EXIT_OK)
    return here.stdout, there.stdout


def parquet_outputs(connector: Connector, program: Path, config: dict[str, Any]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files that the config gives: here, and on aarch64."""
    found = []
    for name in ("here", "there"):
        folder = connector.folder / name
        fields = config | {"output_mode": "parquet", "parquet_output_dir": str(folder)}
        command = connector.command(fields)
        with connector.start_command(command if name == "here" else [str(TOOL), "run", str(program), *command[1:]]) as running:
            running.wait(4 * LIMIT_SECONDS).expect(EXIT_OK)
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0]
    return found[0], found[1]


@pytest.fixture
def fixture_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A binlog file of Tests/Fixtures."""
    lines = Path(request.param).read_text().splitlines()
    path = tmp_path / "binlog.000001"
    path.write_bytes(bytes.fromhex("".join(line for line in lines if not line.startswith("#"))))
    return path


fixtures = pytest.mark.parametrize("fixture_file", FIXTURES, ids=lambda path: path.stem, indirect=True)


def test_static_for_aarch64(program: Path) -> None:
    headers = subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic", str(program)],
                             capture_output=True, text=True, check=True).stdout
    assert "AArch64" in headers
    assert "INTERP" not in headers and "(NEEDED)" not in headers


def test_version(program: Path, connector: Connector) -> None:
    here, there = connector.run_arguments("--version"), run(connector, program, "--version")
    assert there.expect(EXIT_OK).text == here.expect(EXIT_OK).text != ""


@fixtures
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_fixture_to_parquet(program: Path, connector: Connector, fixture_file: Path, compression: str) -> None:
    here, there = parquet_outputs(
        connector, program, {"source": "file", "files": [str(fixture_file)], "compression": compression})
    assert there == here


@fixtures
def test_fixture_to_text(program: Path, connector: Connector, fixture_file: Path) -> None:
    here, there = outputs(connector, program, {"source": "file", "files": [str(fixture_file)], "events": "all"})
    assert there == here != b""


def test_live_run(program: Path, connector: Connector, server: Server, database: str) -> None:
    """Login, TLS where the server has it, dump and decoding."""
    log = orders(server, database)
    here, there = outputs(connector, program, connector.config(server, log.start, log.stop))
    assert there == here != b""


def test_live_run_to_parquet(program: Path, connector: Connector, server: Server, database: str) -> None:
    log = many_rows(server, database, rows=1000, statements=20)
    here, there = parquet_outputs(connector, program, connector.config(server, log.start, log.stop))
    assert there == here


def function_for_arm64(
    program: Path, connector: Connector, config: Config, timeout: int, env: Mapping[str, str] | None = None,
) -> Function:
    """The program as `bootstrap` under the emulator for arm64, which runs under qemu as well."""
    bootstrap = connector.folder / "bootstrap"
    # An emulated program cannot start another one of its architecture; a script is the system's to start.
    bootstrap.write_text(f"#!/bin/sh\nexport LAMBDA_TASK_ROOT=$PWD\nexec {TOOL} run {program}\n")
    bootstrap.chmod(0o755)
    return Function(connector.folder, config, timeout, env, bootstrap, [str(TOOL), "run", str(emulator("arm64"))])


def test_lambda_function(program: Path, connector: Connector, server: Server, database: str) -> None:
    """Each response is the next event."""
    log = many_rows(server, database, rows=100, statements=8)
    config = connector.parquet(server, log.start, log.stop)
    responses: list[dict[str, Any]] = [{"max_rows": 250, "more": True}]
    with function_for_arm64(program, connector, config, timeout=60) as function:
        while responses[-1]["more"]:
            responses.append(function.invoke(responses[-1]).ok)
    assert [response["rows"] for response in responses[1:]] == [300, 300, 200]
    assert len(rows_in(connector.output)) == 800


def test_lambda_schedule(program: Path, connector: Connector, mysql: Server, moto: ObjectStore, seed: str, tmp_path: Path,
                         capsys: pytest.CaptureFixture[str]) -> None:
    """Some invocations are killed or stand still."""
    database = "it_aarch64_schedule"
    mysql.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    figures = run_schedule(
        mysql, connector, database, BucketPlace(moto, tmp_path), seed, INVOCATIONS, CHANGES,
        lambda config, env: function_for_arm64(program, connector, config, TIMEOUT, env))
    with capsys.disabled():
        print(f"\n  aarch64, {figures}")


def test_function_zip(program: Path, tmp_path: Path) -> None:
    """What build-al2023.sh packs: `bootstrap` alone, executable, and the same bytes each time."""
    made = []
    for name in ("one.zip", "two.zip"):
        subprocess.run(["bash", "-euc", 'source scripts/lib/static-executable.sh; make_function_zip "$0" "$1"',
                        str(program), str(tmp_path / name)], cwd=PROJECT, check=True)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1] and len(made[0]) <= ZIP_LIMIT
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entry, = archive.infolist()
        assert entry.filename == "bootstrap"
        assert stat.S_IMODE(entry.external_attr >> 16) == 0o755
        assert archive.read(entry) == program.read_bytes()
