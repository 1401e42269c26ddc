"""Real object stores: rclone, which refuses bad signatures and digests, and moto, which enforces conditions."""

from __future__ import annotations

import contextlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from servers import free_port

NAMES = ("rclone", "moto")
START_SECONDS = 60
REGION = "eu-central-1"
KEY_ID = "AKIDEXAMPLE"
SECRET = "secret/key+of=the/test"  # noqa: S105 - of stores that live for a test


@dataclass(frozen=True)
class ObjectStore:
    """A store on the loopback."""

    name: str
    port: int
    scheme: str = "http"

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def environment(self, endpoint: str | None = None, **more: str) -> dict[str, str]:
        """What the program needs to find the store, or a proxy before it."""
        return {"AWS_ENDPOINT_URL_S3": endpoint or self.endpoint, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": KEY_ID,
                "AWS_SECRET_ACCESS_KEY": SECRET} | more

    @property
    def client(self) -> Any:
        """Amazon's own client."""
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET,
            verify=False, config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3}))

    def make_bucket(self) -> str:
        name = f"bucket-{secrets.token_hex(4)}"
        options = {} if self.name == "rclone" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        self.client.create_bucket(Bucket=name, **options)
        return name

    def sizes(self, bucket: str, prefix: str = "") -> dict[str, int]:
        """The keys, and the bytes of their objects."""
        try:
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}
        except ClientError as error:
            # rclone has folders, and calls a prefix without any unknown.
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return {}
            raise

    def read(self, bucket: str, key: str) -> bytes | None:
        try:
            return bytes(self.client.get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise

    def uploads(self, bucket: str) -> list[str]:
        """The keys of multipart uploads that are neither completed nor aborted."""
        try:
            return [upload["Key"] for upload in self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
        except ClientError as error:
            # What rclone answers for a bucket that never had one.
            if error.response["Error"]["Code"] == "NoSuchUpload":
                return []
            raise

    def download(self, bucket: str, prefix: str, folder: Path) -> Path:
        """All objects below a prefix, as files of a folder."""
        for key in self.sizes(bucket, prefix + "/"):
            path = folder / key.removeprefix(prefix + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.read(bucket, key) or b"")
        return folder


def _command(name: str, port: int, data: Path, more: list[str]) -> list[str]:
    if name == "moto":
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), *more]
    rclone = Path(sys.executable).parent / "rclone"
    return [str(rclone), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY_ID},{SECRET}",
            "--vfs-cache-mode", "off", "--config", "", *more, str(data)]


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@contextlib.contextmanager
def running(name: str, folder: Path, scheme: str = "http", more: list[str] | None = None) -> Iterator[ObjectStore]:
    """A store that ends with `with`."""
    data, log = folder / "data", folder / f"{name}.log"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(_command(name, port, data, more or []), stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=out, cwd=folder)
    try:
        _wait_for(port, process, log)
        yield ObjectStore(name, port, scheme)
    finally:
        process.terminate()
        process.wait(20)
