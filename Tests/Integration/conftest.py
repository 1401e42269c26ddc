"""Fixtures of the integration tests: the three real servers and the program under test."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

import object_stores
import servers
from connector import Connector
from cross_build import CrossBuild, why_not
from object_stores import ObjectStore
from servers import Server

# Workers inherit it.
SEED = os.environ.setdefault("MBC_SEED", str(random.SystemRandom().randrange(2**32)))


def pytest_report_header() -> str:
    return f"random seed: MBC_SEED={SEED}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and "seed" in getattr(item, "fixturenames", ()):
        report.sections.append(("random seed", f"run again with MBC_SEED={SEED}"))
    return report


# ---------------------------------------------------------------------------------------------------------------------
# The tiers of scripts/test


def is_soak(item: pytest.Item) -> bool:
    """A soak is left out by default, but for the parameters that its mark names: they stand for the others."""
    return any(not mark.args or any(word not in item.name for word in mark.args) for mark in item.iter_markers("soak"))


TIERS: dict[str, Callable[[pytest.Item], bool]] = {
    "quick": lambda item: item.get_closest_marker("smoke") is not None and not is_soak(item),
    "default": lambda item: not is_soak(item),
    "all": lambda item: True,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", choices=list(TIERS), default="all", help="which tests: a smoke of each kind, no soaks, or all")


# ---------------------------------------------------------------------------------------------------------------------
# The order of the tests, and the workers of pytest-xdist (-n)


class Units(LoadScopeScheduling):
    """Gives a worker the tests of a file on one server, which share what is made for them, and then the next such unit."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.endswith("test_aarch64.py"):
            return nodeid
        return " ".join([file, *(name for name in servers.NAMES if name in nodeid)])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    config.option.loadscopereorder = False
    return Units(config, log)


def needs_cross_build(item: pytest.Item) -> bool:
    return "cross_build" in getattr(item, "fixturenames", ())


LONG_SECONDS = 900


def is_long(item: pytest.Item) -> bool:
    """A test that asks for much more time than others: begun late, it would keep one worker busy while the others have nothing to do."""
    mark = item.get_closest_marker("timeout")
    return mark is not None and bool(mark.args) and mark.args[0] >= LONG_SECONDS


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes the tests of the tier, and those first that take long. What needs the program for another processor comes last: until
    then it is built."""
    is_taken = TIERS[config.option.tier]
    config.hook.pytest_deselected(items=[item for item in items if not is_taken(item)])
    items[:] = sorted(filter(is_taken, items), key=lambda item: (needs_cross_build(item), not is_long(item)))


def cross_build_of(config: pytest.Config) -> CrossBuild:
    """The one of this run: the temporary folders of its workers lie in one folder."""
    folder: Path = getattr(config, "_tmp_path_factory").getbasetemp()
    return CrossBuild(folder.parent if servers.WORKER else folder)


def pytest_collection_finish(session: pytest.Session) -> None:
    if not why_not() and any(map(needs_cross_build, session.items)) and not session.config.option.collectonly:
        cross_build_of(session.config).begin()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not servers.WORKER:
        cross_build_of(session.config).stop()


@pytest.fixture(scope="session")
def cross_build(request: pytest.FixtureRequest) -> CrossBuild:
    return cross_build_of(request.config)


# ---------------------------------------------------------------------------------------------------------------------
# Fixtures


@pytest.fixture(scope="session")
def seed() -> str:
    """The seed of this run. Printed in the header of every run and beside every failure."""
    return SEED


class Pool:
    """Starts servers on first use and stops at the end only those that it started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, Server] = {}

    def get(self, name: str) -> Server:
        if name not in self._running:
            started = servers.start(name)
            started.execute("PURGE BINARY LOGS BEFORE NOW() - INTERVAL 1 HOUR")
            self._running[name] = started
        return self._running[name]

    def get_own(self, name: str) -> Server:
        """A second server of its kind, for what would disturb the others' tests; MariaDB's encrypts its logs."""
        instance = f"{name}-own"
        if instance not in self._running:
            servers.reset(name, "own")
            options = () if name.startswith("mysql") else self._encryption()
            self._running[instance] = servers.start(name, "own", servers.free_port(), *options)
        return self._running[instance]

    def _encryption(self) -> tuple[str, ...]:
        keys = self._folder / "keys"
        keys.write_text(f"1;{random.randbytes(32).hex()}\n")
        return ("--plugin-load-add=file_key_management", f"--file-key-management-filename={keys}", "--encrypt-binlog=ON")

    def close(self) -> None:
        for started in self._running.values():
            if started.started_here:
                servers.stop(started)


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    pool = Pool(tmp_path_factory.mktemp("pool"))
    yield pool
    pool.close()


@pytest.fixture(scope="session", params=servers.NAMES)
def server(request: pytest.FixtureRequest, pool: Pool) -> Server:
    """Each of the three servers in turn, left running unless this run started it."""
    return pool.get(request.param)


@pytest.fixture(scope="session")
def mysql(pool: Pool) -> Server:
    """MySQL alone, for what only MySQL has."""
    return pool.get("mysql-9.7")


@pytest.fixture
def connector(tmp_path: Path) -> Connector:
    return Connector(tmp_path)


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database, dropped afterwards."""
    name = "it_" + "".join(letter if letter.isalnum() else "_" for letter in request.node.originalname)[:40].lower()
    server.execute(f"DROP DATABASE IF EXISTS `{name}`", f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    yield name
    server.execute(f"DROP DATABASE IF EXISTS `{name}`")


@pytest.fixture(scope="module", params=object_stores.NAMES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """Each of the object stores in turn."""
    with object_stores.running(request.param, tmp_path_factory.mktemp(request.param)) as store:
        yield store


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """The object store that keeps to conditions."""
    with object_stores.running("moto", tmp_path_factory.mktemp("moto")) as store:
        yield store
