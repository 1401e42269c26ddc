"""What a value of the output is compared with: the server's own text, turned into an expectation.

Most types have one right spelling. Floating-point numbers and the numbers inside JSON documents may be spelled in
several ways, so their expectations compare values, and demand the shortest digits.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Protocol

from strict_json import Json, Number


class Expectation(Protocol):
    def matches(self, actual: Json) -> bool: ...


@dataclass(frozen=True)
class Exact:
    """This very JSON value."""

    value: Json

    def matches(self, actual: Json) -> bool:
        return type(actual) is type(self.value) and actual == self.value


@dataclass(frozen=True)
class OneOf:
    """One of several spellings that the format allows."""

    values: tuple[Json, ...]

    def matches(self, actual: Json) -> bool:
        return any(Exact(value).matches(actual) for value in self.values)


def to_single(value: float) -> float:
    """The nearest 32-bit float, infinity beyond the largest."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def shortest_digits(value: float, single: bool) -> int:
    """How many significant digits it takes to read the same value back."""
    for digits in range(1, 18):
        text = float(f"{value:.{digits - 1}e}")
        if (to_single(text) if single else text) == value:
            return digits
    raise AssertionError(f"{value!r} takes more than 17 digits")


def _same_bits(left: float, right: float) -> bool:
    return struct.pack("<d", left) == struct.pack("<d", right)


@dataclass(frozen=True)
class Floating:
    """A FLOAT or DOUBLE: reads back to the same bits, in as few digits as possible."""

    value: float
    single: bool

    def matches(self, actual: Json) -> bool:
        if not isinstance(actual, Number):
            return False
        read = to_single(float(actual.text)) if self.single else float(actual.text)
        return _same_bits(read, self.value) and actual.digit_count() <= shortest_digits(self.value, self.single)


@dataclass(frozen=True)
class Vector:
    """A VECTOR: an array of 32-bit floats."""

    values: tuple[float, ...]

    def matches(self, actual: Json) -> bool:
        return isinstance(actual, list) and len(actual) == len(self.values) and all(
            Floating(value, single=True).matches(item) for value, item in zip(self.values, actual, strict=True))


@dataclass(frozen=True)
class Document:
    """A JSON document: the same tree, the same key order, the same numbers."""

    tree: Json

    def matches(self, actual: Json) -> bool:
        return same_document(self.tree, actual)


def same_document(expected: Json, actual: Json) -> bool:
    if type(expected) is not type(actual):
        return False
    if isinstance(expected, Number):
        return _same_number(expected, actual)
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(same_document, expected, actual))
    if isinstance(expected, dict):
        return list(expected) == list(actual) and all(map(same_document, expected.values(), actual.values()))
    return bool(expected == actual)


def _same_number(expected: Number, actual: Number) -> bool:
    """Integers by text. The rest by exact value, or, for a double, by bits and number of digits."""
    if expected.text == actual.text:
        return True
    if expected.is_integer and actual.is_integer:
        return False
    if expected.decimal == actual.decimal:
        return expected.decimal.is_signed() == actual.decimal.is_signed()
    return _same_bits(float(expected.text), float(actual.text)) and actual.digit_count() <= expected.digit_count()
