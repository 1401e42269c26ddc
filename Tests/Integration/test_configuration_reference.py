"""What the program tells of the keys of its configuration: the JSON Schema, the reference page, and both beside the reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector import EXIT_CONFIG, EXIT_OK, EXIT_USAGE, Connector
from servers import PROJECT

SCHEMA_FILE, PAGE = "docs/config.schema.json", "docs/configuration.md"
EXAMPLES = ("config.example.json", "config.parquet.json", "config.tables.json", "deploy/config.json")
SCHEMA: dict[str, Any] = json.loads((PROJECT / SCHEMA_FILE).read_text())
KEYS: dict[str, dict[str, Any]] = SCHEMA["properties"]
VALIDATOR = Draft202012Validator(SCHEMA)

# The reader's words for a value of the wrong type or out of range, and not for one that does not fit other keys or files.
WRONG_VALUE = re.compile(r"must (be (one of|an integer|at least|\d+ to|a string|true or false|a list of strings|\"table\")|not be empty)")
REPORTED = re.compile(r": Invalid\w+: (\w+) (.*)$", re.MULTILINE)
ANYTHING: tuple[Any, ...] = (
    True, 0, 1, -1, 1.5, 2**32, 2**63, 1e30, "", "x", "2026-01-31T10:00:00Z", "table,date", "gzip", [], ["a.b"], [1], {}, None)


@pytest.mark.parametrize(("option", "file"), [("--print-schema", SCHEMA_FILE), ("--print-schema=json", SCHEMA_FILE),
                                              ("--print-schema=markdown", PAGE)])
@pytest.mark.smoke
def test_the_repository_holds_what_the_program_prints(connector: Connector, option: str, file: str) -> None:
    printed = connector.run_arguments(option).expect(EXIT_OK)
    assert printed.stderr == ""
    assert printed.stdout == (PROJECT / file).read_bytes(), f"run: mysql-binlog-connector {option} > {file}"


@pytest.mark.parametrize("arguments", [("--print-schema=yaml",), ("--print-schema", "config.json"), ("config.json", "--print-schema")])
def test_wrong_use(connector: Connector, arguments: tuple[str, ...]) -> None:
    result = connector.run_arguments(*arguments).expect(EXIT_USAGE)
    assert result.stdout == b"" and "--print-schema" in result.last_line


def test_help_names_schema_and_page(connector: Connector) -> None:
    text = connector.run_arguments("--help").expect(EXIT_OK).text
    assert "--print-schema" in text and PAGE in text


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for key, schema in KEYS.items():
        assert re.match(r"[A-Z].*\.$", schema["description"]), key
        assert "default" not in schema or Draft202012Validator(schema).is_valid(schema["default"]), key
    assert "default" not in KEYS["password"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit(name: str) -> None:
    example = json.loads((PROJECT / name).read_text())
    assert list(VALIDATOR.iter_errors(example)) == []
    assert not VALIDATOR.is_valid(example | {"hots": "x"}) and not VALIDATOR.is_valid(example | {"port": 65536})


def test_the_page_has_every_key_and_leads_somewhere() -> None:
    page = (PROJECT / PAGE).read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(KEYS)
    headings = re.findall(r"^#+ (.*)$", (PROJECT / "README.md").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    linked = set(re.findall(r"README\.md#([\w-]+)", page))
    assert linked and linked <= anchors, linked - anchors


def numbers(bound: str, change: int) -> dict[str, int]:
    """Each integer key just at a bound of its own, or beyond."""
    return {key: schema[bound] + change for key, schema in KEYS.items() if bound in schema}


def choices() -> Iterable[dict[str, Any]]:
    """Each name of a choice at least once."""
    names = {key: schema["enum"] for key, schema in KEYS.items() if "enum" in schema}
    for index in range(max(map(len, names.values()))):
        yield {key: values[index % len(values)] for key, values in names.items()}


CONFIGURATIONS: list[dict[str, Any]] = [
    *({key: value for key in KEYS} for value in ANYTHING), *choices(),
    *({"compression": "zstd"} | numbers(bound, change) for bound in ("minimum", "maximum") for change in (-1, 0, 1))]


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda fields: json.dumps(fields)[:60])
def test_schema_and_reader_agree(connector: Connector, configuration: dict[str, Any]) -> None:
    """Whatever the schema refuses the program does, too, and no value that the schema takes is of a wrong type or out of range."""
    # The key that does not exist keeps a good configuration from being run.
    stderr = connector.run(configuration | {"no such key": 1}).expect(EXIT_CONFIG).stderr
    reported = REPORTED.findall(stderr)
    refused = {str(error.path[0]) for error in VALIDATOR.iter_errors(configuration)}
    assert refused <= {key for key, _ in reported}
    assert {key for key, message in reported if WRONG_VALUE.match(message)} <= refused
