"""Column names of archived binlogs from CREATE TABLE statements, as the servers' own tools dump them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changes import Change, read_folder
from connector import EXIT_CONFIG, EXIT_OK, Connector, Result
from lambda_emulator import Function
from servers import Position, Server, of_worker, run_script
from test_column_lookup import COLUMNS, VALUES, after, terse

__all__ = ["terse"]


def dump(server: Server, path: Path, *arguments: str) -> Path:
    """A dump by the server's own program."""
    text = run_script("dump", *of_worker(server.name, server.instance), "--", *arguments)
    path.write_text(text, errors="surrogateescape")
    return path


def types(server: Server) -> str:
    """All column types of both servers, and those of this one."""
    columns = [COLUMNS, "small SMALLINT UNSIGNED", "medium MEDIUMINT UNSIGNED", "year_ YEAR", "yes BOOLEAN", "zero INT ZEROFILL",
               "real_ DOUBLE UNSIGNED", "tt TINYTEXT CHARACTER SET cp1251", "tb TINYBLOB", "mt MEDIUMTEXT", "mb MEDIUMBLOB", "lb LONGBLOB",
               "g INT GENERATED ALWAYS AS (tiny + 1) STORED", "i INT INVISIBLE", "`o'd``d, \"name\" (x)` INT COMMENT 'it''s; (a) -- note'",
               "dflt VARCHAR(9) DEFAULT 'a,b;)' COLLATE latin1_bin", "poly GEOMETRY", "CHECK (tiny < 100)"]
    if server.is_mysql:
        columns.append("vec VECTOR(3)")
    else:
        columns += ["u UUID DEFAULT uuid()", "a6 INET6", "n INET4", "cv VARCHAR(300) COMPRESSED", "ct TEXT COMPRESSED"]
        if server.version_number >= (11, 7):
            columns.append("vec VECTOR(3)")
    return ", ".join(columns)


def fill(server: Server, database: str) -> tuple[Position, Path]:
    """Writes rows; returns where they begin, and their binlog, which is closed."""
    server.execute(f"CREATE TABLE `{database}`.t ({types(server)}, KEY s (state, wide(3)))",
                   f"CREATE TABLE `{database}`.keyed (b VARCHAR(20) NOT NULL, a INT NOT NULL, PRIMARY KEY (a, b(5))) CHARSET = latin1")
    start = server.next_file()
    names = [row[0] for row in server.execute(
        f"SELECT column_name FROM information_schema.columns WHERE table_schema = '{database}' AND table_name = 't' "
        "ORDER BY ordinal_position")]
    first = ", ".join(f"`{name}`" for name in names[:24])
    more = ("small = 65535, medium = 16777215, year_ = 1999, zero = 4294967295, real_ = 1.5, tt = 'й', tb = x'00ff', mt = 'mт', "
            "lb = x'ff', i = 7, dflt = 'é'")
    if server.is_mysql:
        more += ", vec = TO_VECTOR('[1,2,3]')"
    else:
        more += ", u = '00112233-4455-6677-8899-aabbccddeeff', a6 = 'fe80::1', n = '1.2.3.4', cv = REPEAT('x', 200), ct = REPEAT('é', 200)"
        if server.version_number >= (11, 7):
            more += ", vec = VEC_FromText('[1,2,3]')"
    server.execute(f"INSERT INTO `{database}`.t ({first}) VALUES {VALUES}", f"UPDATE `{database}`.t SET {more}",
                   f"INSERT INTO `{database}`.keyed VALUES ('é', 1)")
    path = server.binlog_path(start.file)
    server.next_file()
    return start, path


def offline(connector: Connector, path: Path, **fields: object) -> tuple[Result, list[Change]]:
    files = {"source": "file", "files": [str(path)]}
    config = files | {"output_mode": "parquet", "parquet_output_dir": str(connector.output)} | fields
    result = connector.run(config)
    return result, read_folder(connector.output) if result.code == EXIT_OK else []


def images(found: list[Change], database: str) -> list[tuple[str, object, object]]:
    return [(change.table_name, change.before, change.after) for change in found if change.database == database]


def test_all_types(terse: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """Names, labels, character sets, signs and MariaDB's own types are what the server itself says of the rows."""
    start, path = fill(terse, database)
    stop = terse.history()
    config = connector.parquet(terse, start, stop, column_names="lookup", include=[f"{database}.*"])
    connector.run(config).expect(EXIT_OK)
    expected = images(read_folder(connector.output), database)
    assert len(expected) == 3 and after_names(expected[0])[:2] == ["id", "tiny"]
    shutil.rmtree(connector.output)
    schema = dump(terse, tmp_path / "schema.sql", "--no-data", database)
    result, found = offline(connector, path, schema_files=[str(schema)], include=[f"{database}.*"])
    result.expect(EXIT_OK)
    assert images(found, database) == expected, result.stderr
    assert "no column names" not in result.stderr and "may have" not in result.stderr


def after_names(image: tuple[str, object, object]) -> list[str]:
    assert isinstance(image[2], dict)
    return list(image[2])


@pytest.mark.parametrize("arguments", [
    ("--databases",), ("--all-databases",), ("--single-transaction",), ("--compact",), ("--skip-comments", "--databases")])
def test_full_dumps(terse: Server, connector: Connector, database: str, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Rows, triggers, views and routines of a dump are passed over; some dumps do not name their database."""
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT UNSIGNED PRIMARY KEY, note TEXT)",
                  f"CREATE VIEW `{database}`.a_view AS SELECT * FROM {table}",
                  f"CREATE TRIGGER `{database}`.trig BEFORE INSERT ON {table} FOR EACH ROW "
                  "BEGIN SET @a = 1; SET @b = '; CREATE TABLE x (y INT)'; END",
                  f"CREATE TABLE `{database}`.parts (a INT) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (10))")
    start = terse.next_file()
    terse.execute(f"INSERT INTO {table} VALUES (4294967295, 'it''s; \\\\ \\' (x)'), (2, '-- \\n/*'), (3, REPEAT('x', 60000))")
    path = terse.binlog_path(start.file)
    terse.next_file()
    names = [] if "--all-databases" in arguments else [database]
    dumped = dump(terse, tmp_path / "dump.sql", *arguments, "--triggers", "--routines", *names)
    if arguments == ("--compact",):
        dumped.write_bytes(f"USE `{database}`;\n".encode() + dumped.read_bytes())
    result, found = offline(connector, path, schema_files=[str(dumped)])
    result.expect(EXIT_OK)
    assert [list(after(change)) for change in found] == [["id", "note"]] * 3, result.stderr
    assert after(found[0]) == {"id": 4294967295, "note": "it's; \\ ' (x)"}


def test_a_changed_table(terse: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """Rows that the file does not describe keep numbers, and a statement between rows is warned of once."""
    table = f"`{database}`.t"
    terse.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, n INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO {table} VALUES (1, 2)", f"ALTER TABLE {table} ADD x INT", f"INSERT INTO {table} VALUES (2, 3, 4)",
                  f"ALTER TABLE {table} RENAME COLUMN n TO m", f"INSERT INTO {table} VALUES (3, 4, 5)")
    path = terse.binlog_path(start.file)
    terse.next_file()
    schema = dump(terse, tmp_path / "schema.sql", "--no-data", database)
    result, found = offline(connector, path, schema_files=[str(schema)])
    result.expect(EXIT_OK)
    assert [after(change) for change in found] == [{"c0": 1, "c1": 2}, {"id": 2, "m": 3, "x": 4}, {"id": 3, "m": 4, "x": 5}]
    assert f"the log has 2 columns, {schema}:" in result.stderr
    assert result.stderr.count("may have changed them: on one side of it they may be wrong") == 1


def test_the_file_goes_before_the_server(terse: Server, connector: Connector, database: str, tmp_path: Path) -> None:
    """The server is asked only for tables that the files do not have; with "log" it is not."""
    terse.execute(f"CREATE TABLE `{database}`.t (a INT)", f"CREATE TABLE `{database}`.u (b INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (1)", f"INSERT INTO `{database}`.u VALUES (2)")
    schema = tmp_path / "schema.sql"
    schema.write_text(f"CREATE TABLE `{database}`.t (mine INT);")
    for names, last in [("auto", "b"), ("log", "c0")]:
        config = connector.parquet(terse, start, terse.history(), schema_files=[str(schema)], column_names=names,
                                   include=[f"{database}.*"])
        result = connector.run(config).expect(EXIT_OK)
        assert [after(change) for change in read_folder(connector.output)] == [{"mine": 1}, {last: 2}]
        assert ("no schema file has the table" in result.stderr) == (names == "log")
        shutil.rmtree(connector.output)


def test_a_function_with_its_schema_file(terse: Server, connector: Connector, database: str) -> None:
    """The path is one of the package, which is the working folder."""
    terse.execute(f"CREATE TABLE `{database}`.t (a INT)")
    start = terse.next_file()
    terse.execute(f"INSERT INTO `{database}`.t VALUES (1)")
    config = connector.parquet(terse, start, schema_files=["schema.sql"], column_names="log", include=[f"{database}.*"])
    with Function(connector.folder, config) as function:
        (function.folder / "schema.sql").write_text(f"CREATE TABLE `{database}`.t (mine INT);")
        assert function.invoke().ok["rows"] == 1
    assert [after(change) for change in read_folder(connector.output)] == [{"mine": 1}]


@pytest.mark.parametrize(("text", "words"), [
    ("CREATE TABLE shop.t (a INT);\nCREATE TABLE shop.t (b INT);", (":2: shop.t has another definition in ", ":1")),
    ("CREATE TABLE t (a INT);", (":1: nothing says the database of table t",)),
    ("CREATE TABLE shop.t (\n  a TEXT\n);", (":2: nothing says the character set of column a",)),
    ("CREATE TABLE shop.t LIKE shop.u;", ("put what SHOW CREATE TABLE says",)),
    ("-- nothing", ("has no CREATE TABLE",)), (None, ("No such file",)),
])
def test_files_that_do_not_serve(connector: Connector, tmp_path: Path, text: str | None, words: tuple[str, ...]) -> None:
    log = tmp_path / "binlog.000001"
    log.write_bytes(b"\xfebin")
    schema = tmp_path / "schema.sql"
    if text is not None:
        schema.write_text(text)
    result, _ = offline(connector, log, schema_files=[str(schema)])
    assert result.code == EXIT_CONFIG
    assert "schema_files: " in result.last_line and all(word in result.last_line for word in words), result.stderr
