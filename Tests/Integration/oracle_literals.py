"""Random SQL literals for every column type, with the edges of each type drawn often."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from random import Random

from oracle_values import Document, Expectation
from strict_json import parse

Literal = Callable[[Random], str]
EDGE_SHARE = 0.35

# What each character set can hold. latin1 stands apart: all its bytes are drawn, with the five that cp1252 leaves open.
_LATIN = "".join(map(chr, range(0x20, 0x7F)))
_CJK = "".join(map(chr, range(0x4E00, 0x4E40))) + "中文字符集汉语测试"
_KANA = "".join(map(chr, range(0x3041, 0x3090))) + "日本語漢字" + "".join(map(chr, range(0xFF66, 0xFF9E)))
_CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ЁёЄєІіЇї№€"
_BMP = _LATIN + _CJK + _CYRILLIC + "äöüß€\u0000\u0001\t\n\r\"\\/\u007f\u0080\u2028\u2029\ufeff\ufffd\uffff"
_ALL = _BMP + "😀𝄞🇩🇪\U0010ffff\U00010000"
CHARSETS = {
    "utf8mb4": _ALL, "utf8mb3": _BMP, "ucs2": _BMP, "utf16": _ALL, "utf32": _ALL, "utf16le": _ALL, "ascii": _LATIN + "\n\t",
    "cp1251": _LATIN + _CYRILLIC, "gbk": _LATIN + _CJK, "sjis": _LATIN.replace("\\", "").replace("~", "") + _KANA,
    "latin1": "", "latin2": _LATIN + "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "koi8r": _LATIN + "абвгдеёжзАБВГДЕЁЖЗ", "big5": _LATIN + "中文字測試",
    "euckr": _LATIN + "한국어시험", "ujis": _LATIN + "日本語漢字かな", "greek": _LATIN + "αβγδεζΑΒΓΔΕΖ", "hebrew": _LATIN + "אבגדה",
    "cp932": _LATIN.replace("\\", "").replace("~", "") + _KANA + "①㈱", "eucjpms": _LATIN + "日本語漢字①",
    "latin5": _LATIN + "ğışİ", "latin7": _LATIN + "āčēģ", "cp1250": _LATIN + "ąćęł€", "cp1256": _LATIN + "ابتث€",
    "cp1257": _LATIN + "āčēģ€", "cp850": _LATIN + "äöü░▒▓", "cp852": _LATIN + "ąćęł", "cp866": _LATIN + "абвг░",
    "macroman": _LATIN + "äöü∑∂", "koi8u": _LATIN + "ґєії", "tis620": _LATIN + "กขฃคฅ", "gb2312": _LATIN + "中文字符",
    "dec8": _LATIN + "äöü", "hp8": _LATIN + "äöü", "macce": _LATIN + "ąćęł", "keybcs2": _LATIN + "áčďé",
    "armscii8": _LATIN + "ԱԲԳ", "geostd8": _LATIN + "აბგ",
}


def drawn(edges: Sequence[str], otherwise: Literal) -> Literal:
    """An edge now and then, else something random."""
    return lambda random: random.choice(edges) if edges and random.random() < EDGE_SHARE else otherwise(random)


def positive(inner: Literal) -> Literal:
    """The same values without their sign."""
    return lambda random: inner(random).removeprefix("-")


# ---------------------------------------------------------------------------------------------------------------------
# Numbers


def integer(low: int, high: int) -> Literal:
    edges = sorted({low, low + 1, -1 if low < 0 else 0, 0, 1, high // 2, high // 2 + 1, high - 1, high})
    return drawn([str(edge) for edge in edges if low <= edge <= high],
                 lambda random: str(random.randint(low, high) >> random.choice((0, 0, high.bit_length() // 2))))


def year(random: Random) -> str:
    return str(random.choice((1901, 2155, 1970, 2000, 2024, random.randint(1901, 2155)))) if random.random() < 0.8 else "'0000'"


def _finite(random: Random, layout: str, size: int) -> float:
    while True:
        value = float(struct.unpack(layout, random.randbytes(size))[0])
        if value == value and abs(value) != float("inf"):
            return value


def double(random: Random) -> str:
    edges = ("0e0", "1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308", "0.1e0", "1e0", "-1.5e0",
             "1e15", "1e16", "1e17", "123456789012345680e0", "1e-5", "1e-4", "9007199254740993e0", "5e-324", "1e22", "1e23")
    return drawn(edges, lambda random: repr(_finite(random, "<d", 8)) if random.random() < 0.5
                 else repr(round(random.uniform(-1e6, 1e6), 3)) + "e0")(random)


def single(random: Random) -> str:
    edges = ("0e0", "3.4028234663852886e38", "-3.4028234663852886e38", "1.1754943508222875e-38", "0.1e0", "1e0", "-1.5e0",
             "16777216e0", "16777217e0", "1e-45", "1e7", "1e8", "1e10", "0.3e0", "8.589973e9", "3.14159274e0")
    return drawn(edges, lambda random: repr(_finite(random, "<f", 4)) if random.random() < 0.5
                 else repr(round(random.uniform(-1e4, 1e4), 2)) + "e0")(random)


def decimal(precision: int, scale: int) -> Literal:
    whole = precision - scale

    def spell(digits: str, negative: bool) -> str:
        digits = digits.rjust(precision, "0")
        text = (digits[:whole] or "0") + ("." + digits[whole:] if scale else "")
        return "-" + text if negative else text

    edges = [spell(digits, negative) for digits in ("0", "1", "9" * precision, "1" + "0" * (precision - 1))
             for negative in (False, True)]

    def some(random: Random) -> str:
        count = random.randint(1, precision)
        return spell("".join(random.choices("0123456789", k=count)), random.random() < 0.5)

    return drawn(edges, some)


# ---------------------------------------------------------------------------------------------------------------------
# Times


def _fraction(random: Random, digits: int) -> str:
    if digits == 0:
        return ""
    return "." + random.choice(("0" * digits, "9" * digits, "0" * (digits - 1) + "1", f"{random.randrange(10**digits):0{digits}d}"))


def date(random: Random) -> str:
    edges = ("'0000-00-00'", "'2024-00-00'", "'2024-02-00'", "'1000-01-01'", "'9999-12-31'", "'0001-01-01'", "'1969-12-31'",
             "'2024-02-29'", "'2024-02-31'", "'0000-01-01'")
    return drawn(edges, lambda random: f"'{random.randint(1, 9999):04d}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}'")(random)


def datetime(digits: int) -> Literal:
    def some(random: Random) -> str:
        day = date(random).strip("'")
        clock = random.choice(("00:00:00", "23:59:59", f"{random.randrange(24):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}"))
        if day == "0000-00-00":
            return f"'{day} 00:00:00'"
        return f"'{day} {clock}{_fraction(random, digits)}'"

    return some


def timestamp(digits: int) -> Literal:
    def some(random: Random) -> str:
        year = random.randint(1971, 2037)
        return (f"'{year}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d} {random.randrange(24):02d}:"
                f"{random.randrange(60):02d}:{random.randrange(60):02d}{_fraction(random, digits)}'")

    return drawn(("'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "'2000-01-01 00:00:00'"), some)


def time(digits: int) -> Literal:
    def some(random: Random) -> str:
        sign = random.choice(("", "-"))
        return f"'{sign}{random.randrange(839):02d}:{random.randrange(60):02d}:{random.randrange(59):02d}{_fraction(random, digits)}'"

    small = "0." + "0" * (digits - 1) + "1" if digits else "1"
    edges = ("'838:59:59'", "'-838:59:59'", "'00:00:00'", f"'00:00:0{small}'", f"'-00:00:0{small}'", "'-00:00:01'", "'-01:00:00'",
             "'23:59:59'", "'24:00:00'", "'-00:59:59'", "'255:00:00'", "'256:00:00'")
    return drawn(edges, some)


# ---------------------------------------------------------------------------------------------------------------------
# Text and bytes


def _length(random: Random, most: int) -> int:
    edges = [edge for edge in (0, 1, most, most - 1, 255, 256) if 0 <= edge <= min(most, 4096)]
    if most > 4096 and random.random() < 0.03:
        return random.randint(65_530, most)
    return random.choice(edges) if random.random() < 0.3 else random.randint(0, min(most, 40))


def text(charset: str, most: int) -> Literal:
    def some(random: Random) -> str:
        length = _length(random, most)
        if length == 0:
            return "''"
        if charset == "latin1":
            body = bytes(random.randrange(0x20, 0x100) for _ in range(min(length, 255)))
            return f"_latin1 0x{body.hex()}"
        letters = "".join(random.choices(CHARSETS[charset], k=length))
        return f"_utf8mb4 0x{letters.encode('utf-8').hex()}"

    return some


def binary(most: int) -> Literal:
    def some(random: Random) -> str:
        length = _length(random, most)
        if length == 0:
            return "''"
        body = random.randbytes(length)
        zeros = random.choice((0, 0, 1, length // 2, length))
        return "0x" + (body[:length - zeros] + b"\0" * zeros).hex()

    return drawn(("''", "0x00", "0x20", "0x4120", "0x410000", "0xFF"), some) if most > 2 else drawn(("''", "0x00", "0x20"), some)


# ---------------------------------------------------------------------------------------------------------------------
# Labels, bits, geometry


def labels(count: int, charset: str) -> list[str]:
    accents = "éüß" if charset == "latin1" else "é語😀"
    return [f"{accents[number % 3]} label {number}" if number % 2 else f"plain{number}" for number in range(count)]


def enum(count: int) -> Literal:
    """By index; a label that does not exist becomes the error value ''."""
    return drawn(("'no such label'", "1", str(count)), lambda random: str(random.randint(1, count)))


def bit(width: int, as_number: bool = False) -> Literal:
    edges = ["0", "1", str((1 << width) - 1), str(1 << width - 1)]
    return drawn(edges, lambda random: str(random.getrandbits(width)))


GEOMETRIES = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "GEOMETRY")


def _point(random: Random) -> str:
    return f"{random.randint(-80, 80)} {round(random.uniform(-80, 80), 3)}"


def _ring(random: Random) -> str:
    x, y, side = random.randint(-50, 50), random.randint(-50, 50), random.randint(1, 20)
    return f"(({x} {y},{x + side} {y},{x + side} {y + side},{x} {y + side},{x} {y}))"


def _geometry_text(name: str, random: Random) -> str:
    points = ",".join(_point(random) for _ in range(random.randint(2, 6)))
    bodies = {"POINT": f"({_point(random)})", "LINESTRING": f"({points})", "POLYGON": _ring(random), "MULTIPOINT": f"({points})",
              "MULTILINESTRING": f"(({points}),(0 0,1 1))", "MULTIPOLYGON": f"({_ring(random)},{_ring(random)})",
              "GEOMETRYCOLLECTION": f"(POINT({_point(random)}),LINESTRING({points}))"}
    chosen = random.choice(list(bodies)) if name == "GEOMETRY" else name
    return chosen + bodies[chosen]


def geometry(name: str, has_reference_systems: bool) -> Literal:
    def some(random: Random) -> str:
        system = random.choice((0, 0, 4326 if has_reference_systems else 101))
        return f"ST_GeomFromText('{_geometry_text(name, random)}', {system})"

    return some


def vector(size: int) -> Literal:
    def some(random: Random) -> str:
        values = [random.choice((0.0, 1.0, -1.5, _finite(random, "<f", 4))) for _ in range(random.randint(1, size))]
        return "0x" + struct.pack(f"<{len(values)}f", *values).hex()

    return some


def mariadb_vector(size: int) -> Literal:
    return lambda random: "0x" + struct.pack(f"<{size}f", *(random.choice((0.0, 1.0, -1.5, 0.1)) for _ in range(size))).hex()


# ---------------------------------------------------------------------------------------------------------------------
# MariaDB's own types


def uuid(random: Random) -> str:
    version, variant = random.choice("1345678"), random.choice("89ab")
    body = random.randbytes(16).hex()
    whole = body[:12] + version + body[13:16] + variant + body[17:]
    if random.random() < 0.2:
        whole = whole[:20] + "0" * 12
    return f"'{whole[:8]}-{whole[8:12]}-{whole[12:16]}-{whole[16:20]}-{whole[20:]}'"


def inet6(random: Random) -> str:
    return random.choice(("'::'", "'::1'", "'1::'", "'2001:db8::20'", "'::ffff:10.0.0.1'",
                          "'" + ":".join(f"{random.getrandbits(16):x}" for _ in range(8)) + "'"))


def inet4(random: Random) -> str:
    return random.choice(("'0.0.0.0'", "'255.255.255.255'", "'10.0.0.0'", "'1.2.3.32'",
                          "'" + ".".join(str(random.randrange(256)) for _ in range(4)) + "'"))


# ---------------------------------------------------------------------------------------------------------------------
# JSON


def expect_document(text: str, full: bool) -> Expectation:
    return Document(parse(text))


def _json_scalar(random: Random) -> object:
    edges = (0, 1, -1, 32767, 32768, -32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**32, 2**63 - 1, -2**63,
             2**63, 2**64 - 1, 0.1, 1.5, -2.5e-7, 1e300, 1e15, 1e16, 1e21, 3.0, True, False, None, "", "é語😀", "\u0000\"\\\n/",
             "x" * 127, "y" * 128, "z" * 16384)
    return random.choice(edges) if random.random() < 0.6 else random.choice(
        (random.randint(-2**63, 2**63 - 1), random.uniform(-1e9, 1e9), "".join(random.choices(_ALL.replace("\uffff", ""), k=8))))


def _json_tree(random: Random, depth: int) -> object:
    if depth == 0 or random.random() < 0.3:
        return _json_scalar(random)
    items = [_json_tree(random, depth - 1) for _ in range(random.randint(0, 5))]
    if random.random() < 0.4:
        return items
    keys = ["", "a", "b", "key", "clé", "鍵😀", "k" * 300, "B", "aa", "ab", "\n"]
    return dict(zip(random.sample(keys, len(items)), items, strict=True))


def _spelled(tree: object) -> str:
    return "_utf8mb4 0x" + json.dumps(tree, ensure_ascii=False).encode("utf-8").hex()


def json_document(random: Random) -> str:
    return f"CAST({_spelled(_json_tree(random, random.randint(0, 5)))} AS JSON)"


def json_text(random: Random) -> str:
    """For MariaDB, where JSON is text that stays as it was written, spaces included."""
    tree = _json_tree(random, random.randint(0, 4))
    spaces = random.choice((None, 1))
    return "_utf8mb4 0x" + json.dumps(tree, ensure_ascii=random.random() < 0.5, indent=spaces).encode("utf-8").hex()


def json_special(random: Random) -> str:
    """Values that no JSON text can make: decimals, dates and times, binary strings, bits."""
    values = (
        f"CAST('{decimal(20, 5)(random)}' AS DECIMAL(20,5))", "CAST('-0.50' AS DECIMAL(3,2))",
        f"CAST('{decimal(65, 30)(random)}' AS DECIMAL(65,30))", "CAST('2024-01-31' AS DATE)", "CAST('0001-01-01' AS DATE)",
        "CAST('-838:59:59' AS TIME)", "CAST('-00:00:00.5' AS TIME(1))", "CAST('10:11:12.123456' AS TIME(6))",
        "CAST('2024-01-31 10:11:12.123456' AS DATETIME(6))", "CAST('1969-12-31 23:59:59' AS DATETIME)",
        "CAST(2024 AS YEAR)", f"0x{random.randbytes(random.randint(1, 40)).hex()}", "b'10101'",
        "CAST('x' AS BINARY(3))", "TRUE", "NULL", "1e0", "-0e0", "0.1e0", "18446744073709551615", "'text'",
        "ST_GeomFromText('POINT(1 2)')", "JSON_ARRAY()", "JSON_OBJECT()")
    parts = ", ".join(f"'k{number}', {random.choice(values)}" for number in range(random.randint(1, 8)))
    return random.choice((f"JSON_OBJECT({parts})", f"JSON_ARRAY({parts})", f"CAST({random.choice(values[:10])} AS JSON)"))


def json_large(random: Random) -> str:
    """Now and then a document above 64 KiB, whose offsets take four bytes; else empty and tiny ones."""
    if random.random() < 0.75:
        return random.choice(("'{}'", "'[]'", "'null'", "'true'", "'0'", "'\"\"'", "'[[]]'", "'{\"\":{}}'"))
    tree: object = {f"key{number}": random.choice((number, str(number), [number], None, 0.5)) for number in range(4000)}
    if random.random() < 0.5:
        tree = ["x" * 66_000, {"deep": [random.randint(-40000, 40000) for _ in range(3000)]}, "end"]
    return f"CAST({_spelled(tree)} AS JSON)"


def json_change(random: Random, column: str) -> str:
    """Nested calls of the functions that change a document in place; many paths are in none of the documents above."""
    changed = column
    for _ in range(random.randint(1, 3)):
        paths = ("$.a", "$.b", "$.key", '$."clé"', '$."鍵😀"', "$.k0", "$.key7", "$.a.b", "$[0]", "$[1]", "$[last]", "$[0].a", "$.k1[0]")
        path = f"_utf8mb4'{random.choice(paths)}'"
        function = random.choice(("JSON_SET", "JSON_SET", "JSON_REPLACE", "JSON_REMOVE"))
        value = "" if function == "JSON_REMOVE" else f", CAST({_spelled(_json_scalar(random))} AS JSON)"
        changed = f"{function}({changed}, {path}{value})"
    return changed
