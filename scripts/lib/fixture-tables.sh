# The fixtures, one function each, and the tables that they share. Read by scripts/make-fixtures.
# shellcheck shell=bash disable=SC2034

numbers() {
  table numbers 'id INT PRIMARY KEY|number' 'i8 TINYINT|number' 'u8 TINYINT UNSIGNED|number' 'i16 SMALLINT|number' \
    'u16 SMALLINT UNSIGNED|number' 'i24 MEDIUMINT|number' 'u24 MEDIUMINT UNSIGNED|number' 'i32 INT|number' \
    'u32 INT UNSIGNED|number' 'i64 BIGINT|number' 'u64 BIGINT UNSIGNED|number' 'f32 FLOAT|float' 'f64 DOUBLE|float' \
    'd DECIMAL(20,10)|decimal' 'e DECIMAL(9,0)|decimal' 'y YEAR|number' 'b1 BIT(1)|number' 'b33 BIT(33)|number'
  insert 1 2 3 "VALUES (1, 127, 255, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807,
    18446744073709551615, 0.1, 1.25, 1234567890.0987654321, 999999999, 2155, 1, 8589934591),
    (2, -128, 0, -32768, 0, -8388608, 0, -2147483648, 0, -9223372036854775808, 0, -1.5, -0.375, -0.0000000001, -1, 0,
    0, 5), (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
  update 1 3 "u64 = 9223372036854775808, d = -d, y = 1901"
  delete 1 2
}

temporals() {
  table temporals 'id INT PRIMARY KEY|number' 'd DATE|bare' 'dt DATETIME|bare' 'dt3 DATETIME(3)|bare' \
    'dt6 DATETIME(6)|bare' 'ts TIMESTAMP NULL|timestamp' 'ts2 TIMESTAMP(2) NULL|timestamp' \
    'ts6 TIMESTAMP(6) NULL|timestamp' 't TIME|bare' 't1 TIME(1)|bare' 't6 TIME(6)|bare'
  insert 1 2 3 4 "VALUES (1, '2024-01-31', '2024-01-31 10:11:12', '2024-01-31 10:11:12.123',
    '9999-12-31 23:59:59.999999', '2024-01-31 10:11:12', '1970-01-01 00:00:01.25', '2038-01-19 03:14:07.999999',
    '838:59:59', '-00:00:00.1', '-838:59:58.000001'), (2, '2024-00-00', '2024-02-00 00:00:00', '0000-00-00 00:00:00',
    '1000-01-01 00:00:00.000001', '0000-00-00 00:00:00', '2000-02-29 12:00:00', '1970-01-01 00:00:01', '-01:02:03',
    '12:34:56.7', '00:00:00.000001'), (3, '0000-00-00', '0000-00-00 00:00:00', '1969-12-31 23:59:59.999',
    '2024-12-00 01:02:03.5', NULL, NULL, NULL, '00:00:00', '00:00:00', '-00:00:01'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
  update 3 "d = '1000-01-01', t6 = '100:00:00.5', ts = '2001-09-09 01:46:40'"
  delete 4
}

strings() {
  table strings 'id INT PRIMARY KEY|number' 'c CHAR(5)|string' 'v VARCHAR(300)|string' \
    'l VARCHAR(9) CHARACTER SET latin1|string' 'w CHAR(255) CHARACTER SET utf8mb4|string' \
    'u VARCHAR(9) CHARACTER SET utf16|string' 'tt TINYTEXT|string' 't TEXT CHARACTER SET latin1|string' \
    'mt MEDIUMTEXT|string' 'lt LONGTEXT|string' 'b BINARY(6)|hex' 'vb VARBINARY(9)|hex' 'tb TINYBLOB|hex' 'bl BLOB|hex' \
    'mb MEDIUMBLOB|hex' 'lb LONGBLOB|hex'
  insert 1 2 3 "VALUES (1, 'a\"b', 'tab\\t and \\\\', 'déjà', 'wide €', 'ü😀', 'x', 'ñandú', 'naïve', '日本', 'ab',
    x'00ff', x'01', x'0a0b', x'ff', x'cafe'), (2, '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
  update 2 "c = 'é', b = x'010203040500', lb = REPEAT('z', 20)"
  delete 1 3
}

labels() {
  table labels 'id INT PRIMARY KEY|number' "e ENUM('new','pa\"id','größe')|enum" \
    "l ENUM('ä','ö') CHARACTER SET latin1|enum" "s SET('a','b','ç')|set" \
    "wide SET('l$(seq -s "','l" 0 63)')|set"
  insert 1 2 3 4 "VALUES (1, 'new', 'ö', 'a,ç', 18446744073709551615), (2, 'größe', 'ä', '', 9223372036854775809),
    (3, 'unknown', 1, 7, 0), (4, NULL, NULL, NULL, NULL)"
  update 1 4 "e = 2, s = 'b'"
  delete 2
}

wide() {
  local columns=('id INT PRIMARY KEY|number') number
  for number in $(seq 1 299); do columns+=("n$number TINYINT UNSIGNED|number"); done
  table wide "${columns[@]}"
  insert 1 '(id, n7, n299) VALUES (1, 0, 255)'
  insert 2 "VALUES (2$(printf ', %s' $(seq -w 1 254) $(seq 1 45)))"
  delete 1
}

documents() {
  table documents 'id INT PRIMARY KEY|number' 'j JSON|json' 'g GEOMETRY|hex' \
    "v VECTOR(3)|=IF(HEX({}) = '0000803F00002040000000BE', '[1,2.5,-0.125]', NULL)"
  insert 1 2 "VALUES (1, '{\"b\":[1,-2,3.5,null,true],\"a\":{\"k\":\"v\",\"big\":18446744073709551615}}',
    ST_GeomFromText('POINT(1 2)', 4326), STRING_TO_VECTOR('[1,2.5,-0.125]')), (2, NULL, NULL, NULL)"
  update 1 "j = '[]', g = ST_GeomFromText('LINESTRING(0 0,1 1)')"
  delete 1 2
}

# Only key columns before, only changed columns after.
sparse() {
  table sparse 'id INT PRIMARY KEY|number' 'a INT DEFAULT 7|number' 'b VARCHAR(9)|string' 'c INT|number' 'd INT|number' \
    'e INT|number' 'f INT|number' 'g INT|number' 'h INT|number' 'i DECIMAL(5,2)|decimal'
  AFTER=(0 2 9) && insert 1 2 "(id, b, i) VALUES (1, 'x', NULL), (2, NULL, 1.5)"
  BEFORE=(0) AFTER=(1 9) && update 1 2 "a = NULL, i = -2.25"
  delete 1
}

fixture_mysql_full() {
  begin mysql-9.7-full mysql-9.7 FULL
  logged BEGIN
  numbers && temporals && strings && labels && documents
  logged COMMIT
  finish
}

fixture_mysql_minimal() {
  begin mysql-9.7-minimal mysql-9.7 MINIMAL
  numbers && temporals && strings && labels && documents
  finish in-use
}

fixture_mysql_no_checksum() {
  begin mysql-9.7-no-checksum mysql-9.7 MINIMAL
  CHECKSUM=NONE
  wide
  finish
}

fixture_mysql_row_image_minimal() {
  begin mysql-9.7-row-image-minimal mysql-9.7 FULL 'binlog_row_image = MINIMAL'
  sparse
  table defaults 'id INT DEFAULT 1|number' 'a INT DEFAULT 7|number'
  AFTER=() && insert 1 '() VALUES ()'
  finish
}

# Documents that the server changes in place, so that it logs diffs.
fixture_mysql_partial_json() {
  begin mysql-9.7-partial-json mysql-9.7 FULL 'binlog_row_value_options = PARTIAL_JSON'
  local long
  long=$(printf 'x%.0s' {1..60})
  table partial 'id INT PRIMARY KEY|number' 'a JSON|json' 'n INT|number' 'b JSON|json' 'c JSON|json'
  insert 1 2 "VALUES
    (1, '{\"a\":{\"b\":[1,2,3],\"$long\":null},\"x y\":1,\"q\\\\\"t\":2}', 1, '[1,2,\"$long\",[4,5]]', NULL),
    (2, '{\"a\":{\"b\":[0],\"$long\":[]}}', 2, '[\"$long\"]', '7')"
  update 1 2 "a = JSON_SET(a, '\$.a.b[0]', 9), b = JSON_SET(b, '\$[7]', 8), n = 2"
  update 1 "a = JSON_SET(a, '\$.\"x y\"', 'new', '\$.zz', 1.50, '\$.\"é ü\"', JSON_ARRAY(1, NULL))"
  update 1 "a = JSON_REMOVE(a, '\$.\"q\\\\\"t\"'), b = JSON_REMOVE(b, '\$[1]')"
  update 1 2 "b = JSON_SET(b, '\$[last]', 'end')"
  update 1 "b = JSON_SET(b, '\$[0][0]', 'wrap', '\$[0][1]', DATE'2024-01-31')"
  update 1 "b = JSON_REPLACE(b, '\$[last-1][1]', TRUE, '\$[0][0]', -0.5e0)"
  update 1 "b = JSON_REPLACE(b, '\$[last]', NULL), a = JSON_REMOVE(a, '\$.a.b[1]', '\$.a.b[0]', '\$.zz')"
  update 1 2 "c = JSON_OBJECT('k', n)"
  update 1 2 "n = 3"
  update 1 "a = NULL, b = '{}'"
  delete 1
  finish
}

# Without a before image there is no document to change.
fixture_mysql_partial_json_minimal() {
  begin mysql-9.7-partial-json-minimal mysql-9.7 FULL 'binlog_row_value_options = PARTIAL_JSON' \
    'binlog_row_image = MINIMAL'
  table partial 'id INT PRIMARY KEY|number' \
    "a JSON|='{\"\$partial\":[[\"JSON_REPLACE\",\"\$.a\",[2]],[\"JSON_INSERT\",\"\$.c\",\"x\"]]}'" \
    "b JSON|='{\"\$partial\":[[\"JSON_REMOVE\",\"\$[0]\"],[\"JSON_ARRAY_INSERT\",\"\$[1]\",null]]}'" 'c JSON|json'
  unlogged "INSERT INTO partial VALUES (1, '{\"a\":1,\"b\":\"a rather long text that stays as it is, and a bit\"}',
    '[1,\"a rather long text that stays as it is\"]', '{\"a\":1}')"
  BEFORE=(0) AFTER=(1 2 3) && update 1 "a = JSON_SET(a, '\$.a', JSON_ARRAY(2), '\$.c', 'x'),
    b = JSON_SET(JSON_REMOVE(b, '\$[0]'), '\$[1]', NULL), c = '{}'"
  finish
}

fixture_mysql_compressed() {
  begin mysql-9.7-compressed mysql-9.7 FULL 'binlog_transaction_compression = ON'
  logged BEGIN
  table compressed 'id INT PRIMARY KEY|number' 'a TEXT|string'
  insert 1 2 "VALUES (1, REPEAT('compress me ', 20)), (2, 'short')"
  update 1 2 "a = REPEAT('and again ', id)"
  table other 'id INT PRIMARY KEY|number' 'd DECIMAL(5,2)|decimal'
  insert 1 'VALUES (1, 1.5)'
  delete 1
  logged COMMIT
  insert 2 'VALUES (2, NULL)'
  finish
}

fixture_mariadb_10_full() {
  begin mariadb-10.11-full mariadb-10.11 FULL
  logged BEGIN
  numbers && temporals && strings && labels
  logged COMMIT
  finish
}

fixture_mariadb_10_minimal() {
  begin mariadb-10.11-minimal mariadb-10.11 MINIMAL
  numbers && temporals && strings && labels
  finish in-use
}

# Without metadata nobody knows what is unsigned, and what is text.
fixture_mariadb_10_no_log() {
  begin mariadb-10.11-no-log mariadb-10.11 NO_LOG
  temporals
  table untold 'id INT PRIMARY KEY|number' "u8 TINYINT UNSIGNED|=CAST(IF({} > 127, CAST({} AS SIGNED) - 256, {}) AS CHAR)" \
    "u64 BIGINT UNSIGNED|=CAST(CAST({} AS SIGNED) AS CHAR)" 'v VARCHAR(300)|string' 'l VARCHAR(9) CHARACTER SET latin1|hex' \
    'vb VARBINARY(9)|hex' 'bl BLOB|string' "e ENUM('x','y')|enum" "s SET('a','b')|set"
  insert 1 2 "VALUES (1, 255, 18446744073709551615, 'déjà', 'déjà', x'00ff', 'text', 'y', 'a,b'),
    (2, 127, 1, NULL, NULL, NULL, NULL, NULL, NULL)"
  finish
}

fixture_mariadb_11_full() {
  begin mariadb-11.8-full mariadb-11.8 FULL
  logged BEGIN
  numbers && strings && labels
  logged COMMIT
  temporals
  finish
}

fixture_mariadb_11_row_image_minimal() {
  begin mariadb-11.8-row-image-minimal mariadb-11.8 FULL 'binlog_row_image = MINIMAL'
  CHECKSUM=NONE
  sparse
  finish
}

fixture_mariadb_11_compressed() {
  begin mariadb-11.8-compressed mariadb-11.8 FULL
  on_server -e 'SET GLOBAL log_bin_compress = ON, GLOBAL log_bin_compress_min_len = 10'
  table compressed 'id INT PRIMARY KEY|number' 'a TEXT|string'
  insert 1 2 "VALUES (1, REPEAT('compress me ', 20)), (2, NULL)"
  update 1 2 "a = REPEAT('and again ', 20)"
  delete 1 2
  finish
  on_server -e 'SET GLOBAL log_bin_compress = OFF'
}

# Values from 100 bytes on are compressed, shorter ones are stored as they are.
fixture_mariadb_11_compressed_columns() {
  begin mariadb-11.8-compressed-columns mariadb-11.8 FULL 'column_compression_zlib_wrap = OFF'
  local columns=('id INT PRIMARY KEY|number' 'v VARCHAR(500) COMPRESSED|string'
    'l VARCHAR(100) COMPRESSED CHARACTER SET latin1|string' 'b VARBINARY(300) COMPRESSED|hex' 'tt TINYTEXT COMPRESSED|string'
    't TEXT COMPRESSED|string' 'tb TINYBLOB COMPRESSED|hex' 'bl BLOB COMPRESSED|hex' 'lt LONGTEXT COMPRESSED|string')
  local long="REPEAT('größe ', 20), REPEAT('é', 100), REPEAT('\\0', 110), REPEAT('t', 255), REPEAT('text ', 100),
    REPEAT(x'00ff', 64), REPEAT(x'00ff', 100), REPEAT('日本', 100)"
  table columns "${columns[@]}"
  insert 1 2 3 4 "VALUES (1, $long), (2, '', '', '', '', '', '', '', ''), (3, 'short', 'é', 'ab', 'x', 'y', x'00', x'ff', 'z'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
  logged 'SET column_compression_zlib_wrap = ON'
  insert 5 "VALUES (5, $long)"
  update 1 5 "v = 'now short', bl = REPEAT('b', 150)"
  delete 1 2
  finish
}

# A transaction whose GTID has a tag, and one that is prepared before it is committed.
fixture_mysql_tagged_gtid() {
  begin mysql-9.7-tagged-gtid mysql-9.7 FULL
  table tagged 'id INT PRIMARY KEY|number' 'a VARCHAR(9)|string'
  logged "SET gtid_next = 'AUTOMATIC:mytag'"
  insert 1 "VALUES (1, 'tagged')"
  logged 'SET gtid_next = AUTOMATIC'
  prepared
  finish
}

fixture_mariadb_11_annotated() {
  begin mariadb-11.8-annotated mariadb-11.8 FULL 'binlog_annotate_row_events = ON'
  table annotated 'id INT PRIMARY KEY|number' 'a VARCHAR(9)|string'
  insert 1 "VALUES (1, 'plain')"
  prepared
  finish
}

prepared() {
  logged "XA START 'global', 'branch', 7"
  insert 2 "VALUES (2, 'prepared')"
  logged "XA END 'global', 'branch', 7"
  logged "XA PREPARE 'global', 'branch', 7"
  logged "XA COMMIT 'global', 'branch', 7"
}
