"""Schedules of invocations on this machine's processor, into a folder and into object stores.

MBC_LAMBDA_INVOCATIONS asks for more than six; 20 takes six minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import object_stores
from connector import Connector
from conftest import Pool
from lambda_emulator import Function
from lambda_schedule import BucketPlace, LocalPlace, Place, run_schedule
from layouts import Layout, over_layouts
from servers import Server

INVOCATIONS = int(os.environ.get("MBC_LAMBDA_INVOCATIONS", "6"))


@pytest.fixture(params=["local", *object_stores.NAMES])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "local":
        yield LocalPlace(tmp_path)
        return
    with object_stores.running(request.param, tmp_path / "store") as store:
        yield BucketPlace(store, tmp_path)


@pytest.fixture(scope="session", params=["mariadb-11.8", "mysql-9.7"])
def server(request: pytest.FixtureRequest, pool: Pool) -> Server:
    return pool.get(request.param)


@pytest.mark.soak("mysql-9.7", "moto")
@over_layouts("moto")
@pytest.mark.timeout(900)
def test_schedule(server: Server, connector: Connector, database: str, place: Place, seed: str, layout: Layout,
                  capsys: pytest.CaptureFixture[str]) -> None:
    figures = run_schedule(server, connector, database, place, seed, INVOCATIONS, layout,
                           lambda config, env: Function(connector.folder, config, env=env))
    with capsys.disabled():
        print(f"\n  {figures}")
