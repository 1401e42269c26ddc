"""Typed datasets: one for each table, with its own columns and types."""

from __future__ import annotations

import datetime
import json
import re
import struct
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import table_files
from connector import EXIT_CONFIG, EXIT_OK, EXIT_OUTPUT, Connector, Result
from servers import PROJECT, Position, Server
from strict_json import Number
from table_files import CHANGE_COLUMNS, LAST_COLUMNS, TableFile

UTC = datetime.timezone.utc


def read(server: Server, connector: Connector, start: Position, stop: Position | None = None, **fields: Any) -> Result:
    config = connector.parquet(server, start, stop or server.history(), parquet_layout="tables", **fields)
    return connector.run(config).expect(EXIT_OK)


def dataset(connector: Connector, database: str, table: str) -> list[TableFile]:
    return [file for file in table_files.files(connector.output) if file.path.is_relative_to(connector.output / database / table)]


def rows(connector: Connector, database: str, table: str) -> list[dict[str, Any]]:
    return [row for file in dataset(connector, database, table) for row in file.rows()]


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_cdc_")}


# ---------------------------------------------------------------------------------------------------------------------
# Types

# Declaration, literal, type in the file, value.
TYPES: list[tuple[str, str, str, Any]] = [
    ("TINYINT", "-128", "int64", -128),
    ("TINYINT UNSIGNED", "255", "int64", 255),
    ("SMALLINT UNSIGNED", "65535", "int64", 65535),
    ("MEDIUMINT", "-8388608", "int64", -8388608),
    ("INT UNSIGNED", "4294967295", "int64", 4294967295),
    ("BIGINT", "-9223372036854775808", "int64", -2**63),
    ("BIGINT UNSIGNED", "18446744073709551615", "decimal128(20, 0)", Decimal(2**64 - 1)),
    ("YEAR", "2155", "int64", 2155),
    ("BIT(1)", "b'1'", "bool", True),
    ("BIT(2)", "b'10'", "int64", 2),
    ("BIT(63)", "9223372036854775807", "int64", 2**63 - 1),
    ("BIT(64)", "18446744073709551615", "decimal128(20, 0)", Decimal(2**64 - 1)),
    ("DECIMAL(10,2)", "-12345678.90", "decimal128(18, 2)", Decimal("-12345678.90")),
    ("DECIMAL(18,18)", "-0.000000000000000001", "decimal128(18, 18)", Decimal("-0.000000000000000001")),
    ("DECIMAL(19,2)", "12345678901234567.89", "decimal128(38, 2)", Decimal("12345678901234567.89")),
    ("DECIMAL(38,0)", "-" + "9" * 38, "decimal128(38, 0)", Decimal("-" + "9" * 38)),
    ("DECIMAL(65,30)", "-1.5", "string", "-1.5" + "0" * 29),
    ("FLOAT", "1.5", "float", 1.5),
    ("DOUBLE", "-1e300", "double", -1e300),
    ("DATE", "'9999-12-31'", "date32[day]", datetime.date(9999, 12, 31)),
    ("DATETIME", "'1000-01-01 00:00:00'", "timestamp[us]", datetime.datetime(1000, 1, 1)),
    ("DATETIME(6)", "'9999-12-31 23:59:59.999999'", "timestamp[us]", datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)),
    ("TIMESTAMP(3) NULL", "'2038-01-19 03:14:07.123'", "timestamp[us, tz=UTC]",
     datetime.datetime(2038, 1, 19, 3, 14, 7, 123000, UTC)),
    ("TIME(6)", "'-838:59:59'", "string", "-838:59:59.000000"),
    ("CHAR(5) CHARACTER SET latin1", "'é€'", "string", "é€"),
    ("VARCHAR(20) CHARACTER SET utf16", "'日本\U0001f600'", "string", "日本\U0001f600"),
    ("TEXT CHARACTER SET utf8mb4", "''", "string", ""),
    ("ENUM('a','b c')", "'b c'", "string", "b c"),
    ("SET('a','b','c')", "'a,c'", "string", "a,c"),
    ("BINARY(4)", "x'00ff'", "binary", b"\x00\xff\x00\x00"),
    ("VARBINARY(20)", "x'fe00'", "binary", b"\xfe\x00"),
    ("BLOB", "x'80'", "binary", b"\x80"),
    ("POINT", "ST_GeomFromText('POINT(1 2)')", "binary", struct.pack("<BIdd", 1, 1, 1, 2)),
    ("GEOMETRY", "ST_GeomFromText('POINT(1 2)', 4326)", "binary", None),
]


def test_types(server: Server, connector: Connector, database: str) -> None:
    """Each type as the table of types has it: a value, and NULL."""
    columns = ", ".join(f"c{number} {ddl}" for number, (ddl, *_) in enumerate(TYPES))
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, {columns})")
    start = server.next_file()
    with server.session() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"INSERT INTO `{database}`.t VALUES (1, {', '.join(literal for _, literal, *_ in TYPES)})")
        cursor.execute(f"INSERT INTO `{database}`.t (id) VALUES (2)")
    read(server, connector, start)
    (file,) = dataset(connector, database, "t")
    types = {field.name: str(field.type) for field in pq.read_schema(file.path)}
    first, second = file.rows()
    for number, (ddl, _, kind, value) in enumerate(TYPES):
        assert types[f"c{number}"] == kind, ddl
        assert second[f"c{number}"] is None, ddl
        if value is not None:
            assert first[f"c{number}"] == value, ddl
    geometry = first[f"c{len(TYPES) - 1}"]
    assert struct.unpack("<BII", geometry[:9]) == (1, 0x20000001, 4326) and len(geometry) == 25
    assert first["_cdc_raw"] is None and first["_cdc_absent"] is None and first["_cdc_before"] is None


def test_types_of_one_server(server: Server, connector: Connector, database: str) -> None:
    """JSON is text, VECTOR a list, UUID and INET are text where the server tells the types."""
    if server.is_mysql:
        ddl = "j JSON, v VECTOR(3)"
        literals = """'{"b": [1, 2.5, null], "a": "é"}', STRING_TO_VECTOR('[1,-2.5,0]')"""
        expected = {"j": '{"a": "é", "b": [1, 2.5, null]}', "v": [1.0, -2.5, 0.0]}
    else:
        ddl = "u UUID, i4 INET4, i6 INET6" if server.version_number >= (10, 10) else "u UUID, i6 INET6"
        literals = "'00112233-4455-6677-8899-aabbccddeeff', '192.0.2.1', '2001:db8::1'"
        expected = {"u": "00112233-4455-6677-8899-aabbccddeeff", "i4": "192.0.2.1", "i6": "2001:db8::1"}
        if server.version_number >= (11, 7):
            ddl, literals = ddl + ", v VECTOR(2)", literals + ", VEC_FromText('[1,-2.5]')"
            expected["v"] = [1.0, -2.5]
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, {ddl})")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, {literals})")
    read(server, connector, start)
    (row,) = rows(connector, database, "t")
    found = values(row)
    if "j" in found:
        assert json.loads(found.pop("j")) == json.loads(expected.pop("j"))
    assert found == {"id": 1} | expected


def test_what_no_type_holds(server: Server, connector: Connector, database: str) -> None:
    """Zero dates and partial ones, the zero TIMESTAMP, and bytes that are no text stand in `_cdc_raw`, also in a before image."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, d DATE, dt DATETIME(3), ts TIMESTAMP NULL, s VARCHAR(9) CHARACTER SET utf8mb4)")
    start = server.next_file()
    with server.session() as cursor:
        cursor.execute("SET sql_mode = '', time_zone = '+00:00'")
        cursor.execute(f"INSERT INTO `{database}`.t VALUES (1, '0000-00-00', '2024-00-10 01:02:03.5', '0000-00-00 00:00:00', 'a'),"
                       f" (2, '2024-02-29', '0000-00-00', '2024-01-01 00:00:00', NULL)")
        cursor.execute(f"UPDATE `{database}`.t SET d = '2024-02-00' WHERE id = 1")
        cursor.execute(f"DELETE FROM `{database}`.t WHERE id = 1")
    read(server, connector, start)
    first, second, third, fourth = rows(connector, database, "t")
    raw = {"dt": "2024-00-10 01:02:03.500", "ts": "0000-00-00 00:00:00"}
    assert json.loads(first["_cdc_raw"]) == {"d": "0000-00-00"} | raw
    assert values(first) == {"id": 1, "d": None, "dt": None, "ts": None, "s": "a"}
    assert json.loads(second["_cdc_raw"]) == {"dt": "0000-00-00 00:00:00.000"}
    assert values(second)["d"] == datetime.date(2024, 2, 29)
    assert json.loads(third["_cdc_raw"]) == {"d": "2024-02-00"} | raw
    assert json.loads(third["_cdc_before"]) == {"d": "0000-00-00"}
    assert json.loads(fourth["_cdc_raw"]) == {"d": "2024-02-00"} | raw


def test_bytes_that_nobody_calls_text(server: Server, connector: Connector, database: str) -> None:
    """Where nothing tells text from binary the column is a string, and what is not UTF-8 is in `_cdc_raw`."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, b VARBINARY(9), s VARCHAR(9) CHARACTER SET utf8mb4)")
    metadata = "MINIMAL" if server.is_mysql else "NO_LOG"
    with server.settings({"binlog_row_metadata": metadata}):
        start = server.next_file()
        server.execute(f"INSERT INTO `{database}`.t VALUES (1, x'ff00', 'é'), (2, 'ab', 'c')")
        stop = server.history()
    read(server, connector, start, stop, column_names="log")
    first, second = rows(connector, database, "t")
    if server.is_mysql:  # MINIMAL metadata has the character sets, too.
        assert (first["c1"], second["c1"], first["c2"]) == (b"\xff\x00", b"ab", "é")
    else:
        assert (first["c1"], second["c1"], first["c2"]) == (None, "ab", "é")
        assert json.loads(first["_cdc_raw"]) == {"c1": "0xff00"}


# ---------------------------------------------------------------------------------------------------------------------
# Changes


def test_what_happened(server: Server, connector: Connector, database: str) -> None:
    """Insert, update, delete and TRUNCATE, with their place and their transaction."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, a INT, b VARCHAR(9))")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, 10, 'x'), (2, 20, 'y')", f"UPDATE `{database}`.t SET a = 11 WHERE id = 1",
                   f"DELETE FROM `{database}`.t WHERE id = 2", f"TRUNCATE TABLE `{database}`.t")
    read(server, connector, start)
    found = rows(connector, database, "t")
    assert [row["_cdc_op"] for row in found] == ["c", "c", "u", "d", "t"]
    assert [tuple(values(row).values()) for row in found] == [
        (1, 10, "x"), (2, 20, "y"), (1, 11, "x"), (2, 20, "y"), (None, None, None)]
    assert [row["_cdc_before"] for row in found] == [None, None, '{"a":10}', None, None]
    assert [row["_cdc_row"] for row in found] == [1, 2, 1, 1, 0]
    assert {row["_cdc_file"] for row in found} == {start.file}
    number = int(start.file.rsplit(".", 1)[1]) << 40
    assert [row["_cdc_seq"] - number for row in found] == [
        found[0]["_cdc_pos"], found[0]["_cdc_pos"] + 1, *(row["_cdc_pos"] for row in found[2:])]
    now = datetime.datetime.now(UTC)
    assert all(abs(now - row["_cdc_time"]) < datetime.timedelta(minutes=5) for row in found)
    assert all(row["_cdc_gtid"] for row in found) and len({row["_cdc_gtid"] for row in found}) == 4
    assert all(row["_cdc_xid"] for row in found[:4]) and found[0]["_cdc_xid"] == found[1]["_cdc_xid"]
    assert all(row["_cdc_thread_id"] for row in found) or not server.is_mysql


@pytest.mark.parametrize("before_images", ["changed", "full", "none"])
def test_old_values(server: Server, connector: Connector, database: str, before_images: str) -> None:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, a INT, b VARCHAR(9), c DECIMAL(9,2))")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, NULL, '\"é', 1.5)", f"UPDATE `{database}`.t SET a = 5, b = 'x' WHERE id = 1",
                   f"DELETE FROM `{database}`.t")
    read(server, connector, start, before_images=before_images)
    found = rows(connector, database, "t")
    expected = {"changed": '{"a":null,"b":"\\"é"}', "full": '{"id":1,"a":null,"b":"\\"é","c":"1.50"}', "none": None}
    assert [row["_cdc_before"] for row in found] == [None, expected[before_images], None]


def test_another_key(server: Server, connector: Connector, database: str) -> None:
    """An update of the key is a delete and an insert, each with a number of its own, so that a merge by key is right."""
    server.execute(f"CREATE TABLE `{database}`.t (a INT, b VARCHAR(9), v INT, PRIMARY KEY (b, a))")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, 'x', 10), (2, 'x', 20)", f"UPDATE `{database}`.t SET a = a + 10, v = v + 1 ORDER BY a",
                   f"UPDATE `{database}`.t SET v = 0")
    read(server, connector, start)
    found = rows(connector, database, "t")
    assert [(row["_cdc_op"], *values(row).values()) for row in found[2:]] == [
        ("d", 1, "x", 10), ("c", 11, "x", 11), ("d", 2, "x", 20), ("c", 12, "x", 21), ("u", 11, "x", 0), ("u", 12, "x", 0)]
    assert [row["_cdc_row"] for row in found[2:]] == [1, 1, 2, 2, 1, 2]
    assert all(row["_cdc_before"] is None for row in found[2:6])
    newest = table_files.newest_by_duckdb(dataset(connector, database, "t"), "a")
    assert sorted(newest) == [11, 12]


@pytest.mark.parametrize("image", ["MINIMAL", "NOBLOB"])
def test_images_that_are_not_whole(server: Server, connector: Connector, database: str, image: str) -> None:
    """The columns that an image lacks are named; those that an update leaves as they are come from the before image."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, a INT DEFAULT 7, b TEXT)")
    start = server.next_file()
    with server.session() as cursor:
        cursor.execute(f"SET binlog_row_image = {image}")
        cursor.execute(f"INSERT INTO `{database}`.t (id, b) VALUES (1, 'x')")
        cursor.execute(f"UPDATE `{database}`.t SET a = 8 WHERE id = 1")
        cursor.execute(f"UPDATE `{database}`.t SET id = 2 WHERE id = 1")
        cursor.execute(f"DELETE FROM `{database}`.t")
        cursor.connection.commit()
    read(server, connector, start)
    found = rows(connector, database, "t")
    assert [row["_cdc_op"] for row in found] == ["c", "u", "d", "c", "d"]
    if image == "NOBLOB":
        assert [row["_cdc_absent"] for row in found] == [None, *['["b"]'] * 4]
        assert [tuple(values(row).values()) for row in found] == [
            (1, 7, "x"), (1, 8, None), (1, 8, None), (2, 8, None), (2, 8, None)]
        assert found[1]["_cdc_before"] == '{"a":7}'
    else:
        assert [row["_cdc_absent"] for row in found] == ['["a"]', '["b"]', '["a","b"]', '["a","b"]', '["a","b"]']
        assert [tuple(values(row).values()) for row in found] == [
            (1, None, "x"), (1, 8, None), (1, None, None), (2, None, None), (2, None, None)]
        assert found[1]["_cdc_before"] == "{}"


# ---------------------------------------------------------------------------------------------------------------------
# Changes of a table's schema

# A statement, and the columns that rows behind it have, in the table `(id INT PRIMARY KEY, a INT, b VARCHAR(9))`.
ALTERS = [
    ("ADD COLUMN x INT AFTER id", ["id", "x", "a", "b"]),
    ("ADD COLUMN x INT FIRST", ["x", "id", "a", "b"]),
    ("DROP COLUMN a", ["id", "b"]),
    ("RENAME COLUMN a TO z", ["id", "z", "b"]),
    ("RENAME COLUMN a TO b, RENAME COLUMN b TO a", ["id", "b__bigint", "a__string"]),
    ("MODIFY b VARCHAR(9) FIRST", ["b", "id", "a"]),
    ("MODIFY a BIGINT", ["id", "a", "b"]),
    ("MODIFY a TINYINT", ["id", "a", "b"]),
    ("MODIFY a INT UNSIGNED", ["id", "a", "b"]),
    ("MODIFY a BIGINT UNSIGNED", ["id", "a__decimal_20_0", "b"]),
    ("MODIFY a VARCHAR(20)", ["id", "a__string", "b"]),
    ("MODIFY a DECIMAL(10,2)", ["id", "a__decimal_18_2", "b"]),
    ("MODIFY a DOUBLE", ["id", "a__double", "b"]),
    ("MODIFY a INT NOT NULL", ["id", "a", "b"]),
    ("MODIFY b VARCHAR(9) CHARACTER SET latin1", ["id", "a", "b"]),
    ("MODIFY b TEXT", ["id", "a", "b"]),
    ("MODIFY b VARBINARY(20)", ["id", "a", "b__binary"]),
    ("MODIFY b ENUM('x','y','z')", ["id", "a", "b"]),
    ("COMMENT 'no change'", ["id", "a", "b"]),
    ("ENGINE=InnoDB", ["id", "a", "b"]),
    ("DROP PRIMARY KEY, ADD PRIMARY KEY (a)", ["id", "a", "b"]),
]


@pytest.mark.parametrize(("alter", "columns"), ALTERS, ids=[alter for alter, _ in ALTERS])
def test_alter(server: Server, connector: Connector, database: str, alter: str, columns: list[str]) -> None:
    """Rows before and behind an ALTER are read together by name; no name has two types; and the way back finds the old columns."""
    table = f"`{database}`.t"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, a INT, b VARCHAR(9))", f"INSERT INTO {table} VALUES (1, 10, 'x')")
    start = server.next_file()
    server.execute(f"INSERT INTO {table} (id, a, b) VALUES (2, 20, 'y')", f"ALTER TABLE {table} {alter}",
                   f"UPDATE {table} SET id = id WHERE id = 0", f"INSERT INTO {table} (id) VALUES (3)" if "a)" not in alter and "NOT NULL" not in alter
                   else f"INSERT INTO {table} (id, a) VALUES (3, 30)", f"UPDATE {table} SET id = 4 WHERE id = 2")
    read(server, connector, start)
    found = dataset(connector, database, "t")
    assert found[0].columns == ["id", "a", "b"] and found[-1].columns == columns
    check_dataset(connector, database, "t")
    newest = table_files.newest_by_polars(found, "id")
    names = [name for name, *_ in server.execute(f"SHOW COLUMNS FROM {table}")]
    select = server.execute(f"SELECT {', '.join(f'CAST({name} AS CHAR)' for name in names)} FROM {table} WHERE id > 1")
    expected = {int(row[names.index("id")]): dict(zip(names, row, strict=True)) for row in select}
    plain = {key: {name: plain_text(value) for name, value in image.items()} for key, image in newest.items()}
    if "VARBINARY" in alter:
        expected = {key: row | {"b": row["b"] and "0x" + row["b"].encode().hex()} for key, row in expected.items()}
    assert {key: plain[key] for key in expected} == {
        key: {name: row[name] for name in plain[key]} for key, row in expected.items()}


def plain_text(value: Any) -> Any:
    return format(value.decimal, "f") if isinstance(value, Number) else value


def check_dataset(connector: Connector, database: str, table: str) -> None:
    """No name has two types, and no field id two names, over all files and the description."""
    types: dict[str, str] = {}
    ids: dict[bytes, str] = {}
    for file in dataset(connector, database, table):
        for field in pq.read_schema(file.path):
            assert types.setdefault(field.name, str(field.type)) == str(field.type), field.name
            assert ids.setdefault(field.metadata[b"PARQUET:field_id"], field.name) == field.name
    document = json.loads((connector.output / "_schemas" / database / f"{table}.json").read_text())
    known = {column["name"]: column["field_id"] for column in document["columns"]}
    assert {name: number for name, number in known.items() if name in types} == {
        name: int(number) for number, name in ids.items() if name in known}
    assert set(types) - set(CHANGE_COLUMNS) - set(LAST_COLUMNS) <= set(known)


def test_a_type_of_another_run(server: Server, connector: Connector, database: str) -> None:
    """A run that only sees the new type knows the old one from the description beside the files."""
    table = f"`{database}`.t"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, a INT)")
    start = server.next_file()
    server.execute(f"INSERT INTO {table} VALUES (1, 1)")
    middle = server.history()
    server.execute(f"ALTER TABLE {table} MODIFY a VARCHAR(9)", f"INSERT INTO {table} VALUES (2, 'x')")
    read(server, connector, start, middle)
    read(server, connector, middle)
    assert [file.columns for file in dataset(connector, database, "t")] == [["id", "a"], ["id", "a__string"]]
    check_dataset(connector, database, "t")


def test_a_description_that_cannot_be_read(server: Server, connector: Connector, database: str) -> None:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1)")
    document = connector.output / "_schemas" / database / "t.json"
    document.parent.mkdir(parents=True)
    document.write_text("{")
    config = connector.parquet(server, start, server.history(), parquet_layout="tables")
    result = connector.run(config).expect(EXIT_OUTPUT)
    assert f"_schemas/{database}/t.json" in result.last_line and not dataset(connector, database, "t")


def test_a_table_that_takes_anothers_place(server: Server, connector: Connector, database: str) -> None:
    """As gh-ost and pt-online-schema-change do: a copy with another column gets the name, in one statement."""
    table, ghost = f"`{database}`.t", f"`{database}`._t_gho"
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, a INT)")
    start = server.next_file()
    server.execute(f"INSERT INTO {table} VALUES (1, 1), (2, 2)", f"CREATE TABLE {ghost} (id INT PRIMARY KEY, a VARCHAR(9), n INT)",
                   f"INSERT INTO {ghost} (id, a) SELECT id, a FROM {table}",
                   f"RENAME TABLE {table} TO `{database}`._t_del, {ghost} TO {table}", f"UPDATE {table} SET n = 5 WHERE id = 1",
                   f"DROP TABLE `{database}`._t_del")
    read(server, connector, start)
    assert [file.columns for file in dataset(connector, database, "t")] == [["id", "a"], ["id", "a__string", "n"]]
    assert [row["_cdc_op"] for row in rows(connector, database, "_t_del")] == ["t"]
    assert [row["_cdc_op"] for row in rows(connector, database, "_t_gho")] == ["c", "c"]
    newest = rows(connector, database, "t")[-1]
    assert (newest["_cdc_op"], newest["a__string"], newest["n"]) == ("u", "1", 5)


def test_names_that_begin_as_ours_do(server: Server, connector: Connector, database: str) -> None:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY, _cdc_op INT, `_CDC_x` INT, `a b\"c` INT)")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES (1, 2, 3, 4)")
    read(server, connector, start)
    (file,) = dataset(connector, database, "t")
    assert file.columns == ["id", "__cdc_op", "__CDC_x", 'a b"c']
    assert list(values(file.rows()[0]).values()) == [1, 2, 3, 4]


def test_the_state_of_a_table_as_the_readme_asks_for_it(server: Server, connector: Connector, database: str) -> None:
    """Rows that change their key, swap keys, become NULL or go, over several files, with a column that comes between them."""
    table = f"`{database}`.orders"
    start = server.next_file()
    server.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, amount DECIMAL(10,2))",
                   f"INSERT INTO {table} VALUES (1, 1), (2, 2), (3, 3), (11, 11), (20, 20)",
                   f"UPDATE {table} SET id = 9000011 WHERE id = 11", "FLUSH BINARY LOGS", f"ALTER TABLE {table} ADD COLUMN note TEXT FIRST",
                   f"UPDATE {table} SET id = id + 1 ORDER BY id DESC LIMIT 3", f"UPDATE {table} SET amount = NULL WHERE id = 2",
                   f"DELETE FROM {table} WHERE id = 1", f"INSERT INTO {table} (id, amount) VALUES (11, 12), (1, 5)")
    expected = server.execute(f"SELECT id, amount FROM {table} ORDER BY id")
    read(server, connector, start)
    text = (PROJECT / "README.md").read_text()
    query = next(block for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL) if "lake/shop" in block and "QUALIFY" in block)
    found = duckdb.connect().execute(query.replace("lake/shop/", f"{connector.output}/{database}/")).fetchall()
    assert found == list(expected)


# ---------------------------------------------------------------------------------------------------------------------
# Files


def test_footer(server: Server, connector: Connector, database: str) -> None:
    """A file says of which table it is, with its types in SQL, key, version, and numbers of rows."""
    server.execute(f"CREATE TABLE `{database}`.t (b VARCHAR(9) CHARACTER SET utf8mb4, a INT UNSIGNED, e ENUM('x','it''s'), PRIMARY KEY (a, b))")
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.t VALUES ('x', 1, 'x')", f"INSERT INTO `{database}`.t VALUES ('x', 2, 'x')")
    read(server, connector, start)
    (file,) = dataset(connector, database, "t")
    numbers = [row["_cdc_seq"] for row in file.rows()]
    metadata = dict(file.metadata)
    assert metadata["database"] == database and metadata["table"] == "t"
    assert json.loads(metadata["mysql_types"]) == {"b": "varchar(9)", "a": "int unsigned", "e": "enum('x','it''s')"}
    assert json.loads(metadata["primary_key"]) == ["a", "b"]
    assert len(metadata["schema_version"]) == 16
    assert [int(metadata["first_seq"]), int(metadata["last_seq"])] == numbers
    assert metadata["binlog_file"] == start.file and int(metadata["first_position"]) == start.offset


def test_days(server: Server, connector: Connector, database: str) -> None:
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
    start = server.next_file()
    with server.session() as cursor:
        for day in (1, 2, 1):
            cursor.execute(f"SET timestamp = UNIX_TIMESTAMP('2026-01-0{day} 12:00:00')")
            cursor.execute(f"INSERT INTO `{database}`.t SELECT coalesce(max(id), 0) + 1 FROM `{database}`.t AS x")
            cursor.connection.commit()
    read(server, connector, start, partition_by="date")
    folders = {file.path.parent.name: [row["id"] for row in file.rows()] for file in dataset(connector, database, "t")}
    assert folders == {"dt=2026-01-01": [1, 3], "dt=2026-01-02": [2]}


@pytest.mark.parametrize(("fields", "key"), [
    ({"extra_columns": ["seq"]}, "extra_columns"), ({"parquet_json_type": "json"}, "parquet_json_type"),
    ({"parquet_layout": "rows"}, "parquet_layout"), ({"before_images": "all"}, "before_images"),
    ({"output_mode": "stdout"}, "parquet_layout"), ({"memory_limit_bytes": 1}, "memory_limit_bytes")])
def test_settings_that_mean_nothing(connector: Connector, fields: dict[str, Any], key: str) -> None:
    config = {"host": "127.0.0.1", "port": 1, "user": "u", "from": "now", "output_mode": "parquet", "parquet_layout": "tables",
              "parquet_output_dir": str(connector.output)} | fields
    assert key in connector.run(config).expect(EXIT_CONFIG).stderr


def test_before_images_are_of_this_layout(connector: Connector) -> None:
    config = {"host": "127.0.0.1", "port": 1, "user": "u", "from": "now", "output_mode": "parquet", "before_images": "full",
              "parquet_output_dir": str(connector.output)}
    assert "before_images" in connector.run(config).expect(EXIT_CONFIG).stderr
