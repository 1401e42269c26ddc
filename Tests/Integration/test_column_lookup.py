"""Column names from information_schema, where the log carries none."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from random import Random

import pytest

from changes import Change, read_folder
from conftest import Pool
from connector import EXIT_OK, Connector, Result
from servers import Position, Server
from strict_json import Json, Number

COLUMNS = """id INT UNSIGNED PRIMARY KEY, tiny TINYINT, big BIGINT UNSIGNED, price DECIMAL(12,3), f FLOAT, d DOUBLE, y YEAR,
    day DATE, dt DATETIME(3), ts TIMESTAMP(6) NULL, t TIME, flags BIT(9), c CHAR(10) CHARACTER SET latin1,
    wide CHAR(255) CHARACTER SET utf8mb4, v VARCHAR(40) CHARACTER SET utf8mb4, b BINARY(4), vb VARBINARY(300),
    note TEXT CHARACTER SET latin1, raw BLOB, big_text LONGTEXT, doc JSON, place POINT,
    state ENUM('new','it''s') CHARACTER SET latin1, tags SET('x','größe') CHARACTER SET utf8mb4"""
VALUES = """(4294967295, -1, 18446744073709551615, 1.500, 0.5, 0.25, 2024, '2024-01-31', '2024-01-31 10:11:12.123',
    '2024-01-31 10:11:12.123456', '-01:02:03', 5, 'é', 'wide', 'größe', x'01', x'ff00', 'ü', x'00ff', 'long', '{"a": 1}',
    ST_GeomFromText('POINT(1 2)'), 'it''s', 'x,größe')"""
EXPECTED = {"id": 4294967295, "tiny": -1, "big": 18446744073709551615, "price": "1.500", "state": "it's", "tags": "x,größe",
            "c": "é", "wide": "wide", "v": "größe", "b": "0x01000000", "vb": "0xff00", "note": "ü", "raw": "0x00ff"}


@pytest.fixture
def terse(server: Server) -> Iterator[Server]:
    """The server with the least metadata in its log."""
    before = server.execute("SELECT @@global.binlog_row_metadata")[0][0]
    least = "NO_LOG" if server.is_mariadb else "MINIMAL"
    server.execute(f"SET GLOBAL binlog_row_metadata = {least}")
    yield server
    # The account sees only what it has a privilege on; one test takes it away.
    server.execute("GRANT SELECT ON *.* TO 'repl'@'%'", f"SET GLOBAL binlog_row_metadata = {before}")


def after(change: Change) -> dict[str, Json | int]:
    """The after image, its whole numbers as such."""
    image = change.after
    assert image is not None
    return {key: int(value.text) if isinstance(value, Number) and value.text.lstrip("-").isdigit() else value
            for key, value in image.items()}


def run(server: Server, connector: Connector, start: Position, **fields: object) -> tuple[Result, list[Change]]:
    config = connector.parquet(server, start, server.history(), **({"column_names": "lookup"} | fields))
    result = connector.run(config).expect(EXIT_OK)
    return result, read_folder(connector.output)


def test_all_types(terse: Server, connector: Connector, database: str) -> None:
    terse.execute(f"CREATE TABLE `{database}`.t ({COLUMNS})")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES {VALUES}")
    result, found = run(terse, connector, start)
    assert "no column names" not in result.stderr
    image = after(found[0])
    names = [row[0] for row in terse.execute(
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_schema = '{database}' ORDER BY ordinal_position")]
    assert list(image) == names
    assert {key: image[key] for key in EXPECTED} == EXPECTED


def test_server_types(terse: Server, connector: Connector, database: str) -> None:
    columns = ["id INT PRIMARY KEY"]
    if terse.is_mysql:
        columns += ["v VECTOR(3)", "g INT GENERATED ALWAYS AS (id + 1) VIRTUAL", "i INT INVISIBLE"]
    else:
        columns += ["u UUID", "a INET6", "n INET4", "g INT GENERATED ALWAYS AS (id + 1) VIRTUAL", "i INT INVISIBLE"]
        if terse.version_number >= (11, 7):
            columns.append("v VECTOR(3)")
    terse.execute(f"CREATE TABLE `{database}`.t ({', '.join(columns)})")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t (id) VALUES (1)" if "v VECTOR(3)" not in columns or terse.is_mysql else
                  f"INSERT INTO `{database}`.t (id, v) VALUES (1, VEC_FromText('[1,2,3]'))")
    result, found = run(terse, connector, start)
    assert "no column names" not in result.stderr
    assert list(after(found[0])) == [column.split()[0] for column in columns]


def test_labels_with_escapes(terse: Server, connector: Connector, database: str) -> None:
    """information_schema shows some characters of labels behind a backslash."""
    labels = ["a\\b", "\n", "\0\r\t\x1a\b", "\\", "\\n", "it's \"x\"", "%_`", "\\'"]
    with terse.session(database=database) as cursor:
        literals = ", ".join(cursor.connection.escape(label) for label in labels)
        plain = ", ".join(cursor.connection.escape(f"{label}:") for label in labels)
        cursor.execute(f"CREATE TABLE t (e ENUM({literals}), s SET({plain}) CHARACTER SET latin1)")
        start = terse.next_file()
        for number in range(1, len(labels) + 1):
            cursor.execute(f"INSERT INTO t VALUES ({number}, {1 << number - 1})")
    result, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"e": label, "s": f"{label}:"} for label in labels], result.stderr


def test_labels_of_bytes(terse: Server, connector: Connector, database: str) -> None:
    """Servers show labels that are no text in digits without their zeros or as question marks: numbers stay, and names come."""
    terse.execute(f"CREATE TABLE `{database}`.t (e ENUM('a', x'ff00') CHARACTER SET binary, n INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (1, 5), (2, 6)")
    _, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"e": 1, "n": 5}, {"e": 2, "n": 6}]


@pytest.mark.parametrize("metadata", ["NO_LOG", "FULL"])
def test_vectors_of_mariadb(pool: Pool, connector: Connector, metadata: str) -> None:
    """Nothing in the log tells them from VARBINARY: numbers with lookup, hex without."""
    server = pool.get("mariadb-11.8")
    with server.settings({"binlog_row_metadata": metadata}):
        start = server.next_file()
        server.execute("CREATE OR REPLACE DATABASE it_vectors",
                       "CREATE TABLE it_vectors.t (id INT PRIMARY KEY, v VECTOR(3), b VARBINARY(12), w VECTOR(100) NULL)",
                       "INSERT INTO it_vectors.t VALUES (1, VEC_FromText('[1,-0.0,2.5]'), x'0000803f', NULL)")
        stop = server.history()
        _, found = run(server, connector, start)
        text = connector.run(connector.config(server, start, stop, column_names="lookup")).expect(EXIT_OK).text
        hidden = connector.run(connector.config(server, start, stop, column_names="log")).expect(EXIT_OK).text
        server.execute("DROP DATABASE it_vectors")
    assert after(found[0]) == {"id": 1, "v": [Number("1"), Number("-0.0"), Number("2.5")], "b": "0x0000803f", "w": None}
    assert "INT, VECTOR, VARBINARY, VECTOR" in text and " v = [1,-0.0,2.5]\n" in text
    assert "0x0000803f0000008000002040\n" in hidden


def addresses() -> list[tuple[str, str, str]]:
    """UUIDs, INET4 and INET6 of every shape: runs of zeros anywhere, addresses of IPv4 within, zeros at the end."""
    random = Random(6)
    found = [("00000000-0000-0000-0000-000000000000", "0.0.0.0", "::"), ("ffffffff-ffff-ffff-ffff-ffffffffffff", "255.255.255.255", "::1"),
             ("00112233-4455-4677-8899-aabbccddee00", "1.2.3.0", "::ffff:1.2.3.4"), ("00112233-4455-1677-0899-000000000000", "0.0.0.1", "::1.2.3.4"),
             ("00112233-4455-7677-c899-aabbccddeeff", "10.0.0.0", "::ffff:0:0"), ("00000000-0000-0000-0000-000000000001", "9.8.7.6", "::1:2")]
    for _ in range(300):
        groups = [random.choice([0, 0, 0, 1, 0xFFFF, random.randrange(1 << 16)]) for _ in range(8)]
        bits = f"{random.getrandbits(128):032x}"
        # The server refuses other versions of some variants.
        bits = f"{bits[:12]}{random.choice('1347')}{bits[13:16]}{random.choice('89ab')}{bits[17:]}"
        found.append(("-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:])),
                      ".".join(str(random.choice([0, 1, 255, random.randrange(256)])) for _ in range(4)),
                      ":".join(f"{group:x}" for group in groups)))
    return found


@pytest.mark.parametrize("metadata", ["NO_LOG", "FULL"])
@pytest.mark.parametrize("name", ["mariadb-10.11", "mariadb-11.8"])
def test_uuids_and_addresses_of_mariadb(pool: Pool, connector: Connector, name: str, metadata: str) -> None:
    """Nothing in the log tells them from BINARY: the server's own text with lookup, hex without."""
    mariadb = pool.get(name)
    with mariadb.settings({"binlog_row_metadata": metadata}):
        start = mariadb.next_file()
        mariadb.execute("CREATE OR REPLACE DATABASE it_addresses")
        with mariadb.session(database="it_addresses") as cursor:
            cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, u UUID, a INET4, b INET6, x BINARY(16), y BINARY(4), n UUID)")
            for number, (uuid, inet4, inet6) in enumerate(addresses()):
                cursor.execute("INSERT INTO t VALUES (%s, %s, %s, %s, 'x', 'y', NULL)", (number, uuid, inet4, inet6))
            cursor.execute("SELECT id, CAST(u AS CHAR), CAST(a AS CHAR), CAST(b AS CHAR) FROM t ORDER BY id")
            expected = [{"id": key, "u": u, "a": a, "b": b, "x": "0x78" + "00" * 15, "y": "0x79000000", "n": None}
                        for key, u, a, b in cursor.fetchall()]
        stop = mariadb.history()
        _, found = run(mariadb, connector, start)
        text = connector.run(connector.config(mariadb, start, stop, column_names="lookup")).expect(EXIT_OK).text
        hidden = connector.run(connector.config(mariadb, start, stop, column_names="log")).expect(EXIT_OK).text
        mariadb.execute("DROP DATABASE it_addresses")
    assert [after(change) for change in found] == expected
    assert "Column Types: INT, UUID, INET4, INET6, BINARY, BINARY, UUID" in text and ' b = "::ffff:1.2.3.4"\n' in text
    # Without any metadata they are not even known to be binary.
    assert metadata == "NO_LOG" or "0x00112233445546778899aabbccddee00\n" in hidden


def test_auto_asks_for_names_and_says_so(terse: Server, connector: Connector, database: str) -> None:
    terse.execute(f"CREATE TABLE `{database}`.t ({COLUMNS})")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES {VALUES}")
    result, found = run(terse, connector, start, column_names=None)
    image = after(found[0])
    assert {key: image[key] for key in EXPECTED} == EXPECTED
    assert "binlog_row_metadata is" not in result.stderr and "no column names" not in result.stderr
    assert result.stderr.count("information_schema is asked") == 1


@pytest.mark.parametrize("metadata", ["FULL", "MINIMAL"])
def test_auto_asks_only_where_names_are_missing(server: Server, connector: Connector, database: str, metadata: str) -> None:
    """With all metadata no second connection is made and no log is looked through, with UUID columns neither."""
    with server.settings({"binlog_row_metadata": metadata}):
        start = server.next_file()
        column = "BINARY(16)" if server.is_mysql else "UUID"
        server.execute(f"CREATE TABLE `{database}`.t (id INT, u {column})", f"INSERT INTO `{database}`.t VALUES (1, NULL)")
        result, found = run(server, connector, start, column_names="auto")
    assert after(found[0]) == {"id": 1, "u": None}
    assert ("information_schema is asked" in result.stderr) == (metadata == "MINIMAL"), result.stderr


def test_archived_files_have_numbers_and_one_warning(terse: Server, connector: Connector, database: str) -> None:
    start = terse.next_file()
    terse.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"CREATE TABLE `{database}`.u (id INT PRIMARY KEY)",
                  f"INSERT INTO `{database}`.t VALUES (1)", f"INSERT INTO `{database}`.u VALUES (2)")
    terse.next_file()
    config: dict[str, object] = {"source": "file", "files": [str(terse.binlog_path(start.file))]}
    result = connector.run(config | {"include": [f"{database}.*"]}).expect(EXIT_OK)
    assert "  [0] 1\n" in result.text and "  [0] 2\n" in result.text
    assert result.stderr.count("the log has no column names") == 1 and "binlog_row_metadata FULL" in result.stderr
    quiet = connector.run(config | {"column_names": "log"}).expect(EXIT_OK)
    assert "warn(" not in quiet.stderr


def test_log_keeps_numbers_and_says_so(terse: Server, connector: Connector, database: str) -> None:
    start = terse.next_file()
    terse.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1)")
    result, found = run(terse, connector, start, column_names="log")
    assert after(found[0]) == {"c0": 1}
    assert "binlog_row_metadata is" in result.stderr and "column_names to auto" in result.stderr
    assert ("come out negative" in result.stderr) == terse.is_mariadb


@pytest.mark.parametrize(("names", "image"), [
    ("ordinal", {"c0": -1, "c1": "0xe9", "c2": "abcd", "c3": 2}), ("lookup", {"n": 4294967295, "v": "é", "b": "0x61626364", "e": "b"})])
def test_what_no_metadata_costs(terse: Server, connector: Connector, database: str, names: str, image: dict[str, Json | int]) -> None:
    """As the warning and the README say: signs and character sets are not in MariaDB's log, and look-ups bring them back."""
    terse.execute(f"CREATE TABLE `{database}`.t (n INT UNSIGNED, v VARCHAR(9) CHARACTER SET latin1, b BINARY(4), e ENUM('a','b'))")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (4294967295, 'é', 'abcd', 'b'), (1, 'x', x'ff000000', 'a')")
    result, found = run(terse, connector, start, column_names=names)
    complete = {"c0": 4294967295, "c1": "é", "c2": "0x61626364"} if terse.is_mysql and names == "ordinal" else {}
    assert after(found[0]) == image | complete
    assert list(after(found[1]).values())[2] == ("0xff" if terse.is_mariadb and names == "ordinal" else "0xff000000")
    assert ("come out negative" in result.stderr) == (terse.is_mariadb and names == "ordinal")


def test_a_table_that_has_changed(terse: Server, connector: Connector, database: str) -> None:
    """Rows from before a change of the columns keep numbers; those behind it get names; and one warning comes."""
    start = terse.next_file()
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)", f"INSERT INTO {table} VALUES (2)",
                  f"ALTER TABLE {table} ADD note VARCHAR(20)", f"INSERT INTO {table} VALUES (3, 'x')")
    result, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"c0": 1}, {"c0": 2}, {"id": 3, "note": "x"}]
    assert result.stderr.count("no column names") == 1
    assert "may have changed them, and the server only tells what they are now" in result.stderr


def test_a_change_that_is_not_in_the_log(terse: Server, connector: Connector, database: str) -> None:
    """Nothing but the number of columns tells that the server's answer is not about these rows."""
    start = terse.next_file()
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)", "SET sql_log_bin = 0",
                  f"ALTER TABLE {table} ADD note VARCHAR(20)")
    result, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"c0": 1}]
    assert "the log has 1 columns, the server shows 2" in result.stderr


def test_a_type_that_has_changed(terse: Server, connector: Connector, database: str) -> None:
    start = terse.next_file()
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)",
                  f"ALTER TABLE {table} MODIFY id BIGINT", f"INSERT INTO {table} VALUES (2)")
    result, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"c0": 1}, {"id": 2}]
    assert result.stderr.count("no column names") == 1


def test_a_dropped_table(terse: Server, connector: Connector, database: str) -> None:
    start = terse.next_file()
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", f"INSERT INTO {table} VALUES (1)", f"DROP TABLE {table}")
    result, found = run(terse, connector, start)
    assert after(found[0]) == {"c0": 1}
    assert "the server shows no such table" in result.stderr


def test_a_table_without_privilege(terse: Server, connector: Connector, database: str) -> None:
    terse.execute("REVOKE SELECT ON *.* FROM 'repl'@'%'")
    start = terse.next_file()
    terse.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1)")
    result, found = run(terse, connector, start)
    assert after(found[0]) == {"c0": 1}
    assert "the account needs SELECT on it" in result.stderr


def test_awkward_names(terse: Server, connector: Connector, database: str) -> None:
    table = f"`{database}`.`o'r\"d\\\\ers``; größe`"
    terse.execute(f"CREATE TABLE {table} (`i'd \"x\"` INT PRIMARY KEY, `größe` INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO {table} VALUES (1, 2)")
    result, found = run(terse, connector, start)
    assert after(found[0]) == {"i'd \"x\"": 1, "größe": 2}, result.stderr


def test_names_of_another_case_are_another_table(terse: Server, connector: Connector, database: str) -> None:
    terse.execute(f"CREATE TABLE `{database}`.Orders (upper_case INT)", f"CREATE TABLE `{database}`.orders (lower_case INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.orders VALUES (1)", f"INSERT INTO `{database}`.Orders VALUES (2)")
    _, found = run(terse, connector, start)
    assert [after(change) for change in found] == [{"lower_case": 1}, {"upper_case": 2}]


def test_no_second_connection(terse: Server, connector: Connector, database: str) -> None:
    """An account that may have one connection only: a warning and numbers, and the rows are whole."""
    terse.execute("DROP USER IF EXISTS 'single'@'%'", "CREATE USER 'single'@'%' IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 1",
                  "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'single'@'%'")
    try:
        terse.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
        start = terse.next_file()
        terse.execute(f"INSERT INTO `{database}`.t VALUES (1)")
        config = connector.config(terse, start, column_names="lookup", user="single", password="x", ssl_mode="required")
        # A run without end: its first connection is there still when the second one is tried.
        with connector.start(config) as running:
            running.wait_until(lambda: b"After Values" in running.stdout(), "the row")
            running.send(signal.SIGTERM)
            result = running.wait(10).expect(EXIT_OK)
        assert "  [0] 1\n" in result.text, result.text
        assert any(line.startswith("warn(") and "1226" in line for line in result.stderr.splitlines()), result.stderr
    finally:
        terse.execute("DROP USER 'single'@'%'")
