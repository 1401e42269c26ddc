"""JSON as RFC 8259 has it, with every number kept as it was spelled.

Python's own parser accepts NaN, repeated keys and lone surrogates, and rounds numbers; a test of exactness needs none
of that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = Any


@dataclass(frozen=True)
class Number:
    """A number as spelled in the document."""

    text: str

    @property
    def is_integer(self) -> bool:
        return not any(letter in self.text for letter in ".eE")

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.text)

    def digit_count(self) -> int:
        """Significant digits, which is what "shortest" is about, whatever the spelling of the exponent."""
        return len(self.decimal.normalize().as_tuple().digits)


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"repeated key in {[key for key, _ in pairs]}")
    return found


def _constant(text: str) -> Json:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_constant)


def parse(document: bytes | str) -> Json:
    """Parses a whole document. Bytes must be valid UTF-8; escapes must not make lone surrogates."""
    text = document.decode("utf-8") if isinstance(document, bytes) else document
    value = _DECODER.decode(text)
    if "\\ud" in text or "\\uD" in text:
        json.dumps(_plain(value), ensure_ascii=False).encode("utf-8")
    return value


def _plain(value: Json) -> Json:
    """The same tree with numbers as text, which json.dumps knows."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
