"""The bodies of the pages of a Parquet file that is not compressed, and what a codec alone takes for them.

    python parquet_pages.py gzip|zstd LEVEL FILE

compresses every page by itself, one after the other. It prints the bytes before and after, and on standard error the
seconds that this took by the clock and of processor, without reading the file.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet

STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12


class CompactReader:
    """As much of Thrift's compact protocol as a page header needs."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data, self.at = data, at

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def struct(self) -> dict[int, int]:
        """The integers of a struct by field number; everything else is passed over."""
        fields: dict[int, int] = {}
        number = 0
        while True:
            head = self.data[self.at]
            self.at += 1
            if head == STOP:
                return fields
            delta, kind = head >> 4, head & 0x0F
            number = number + delta if delta else self.varint() >> 1
            if 4 <= kind <= 6:
                encoded = self.varint()
                fields[number] = encoded >> 1 ^ -(encoded & 1)
            else:
                self.skip(kind)

    def skip(self, kind: int) -> None:
        if kind in (TRUE, FALSE):
            return
        if kind == STRUCT:
            self.struct()
        elif kind == BINARY:
            count = self.varint()
            self.at += count
        elif kind == DOUBLE:
            self.at += 8
        elif kind == BYTE:
            self.at += 1
        else:
            raise ValueError(f"a page header holds a field of type {kind}")


def pages(path: Path) -> Iterator[memoryview]:
    """Each page's body, in the order of the file."""
    data = memoryview(path.read_bytes())
    metadata = pyarrow.parquet.ParquetFile(path).metadata
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            first = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
            reader = CompactReader(data, first)
            while reader.at < first + chunk.total_compressed_size:
                size = reader.struct()[3]
                yield data[reader.at:reader.at + size]
                reader.at += size


def compressed_size(codec: str, level: int, page: memoryview) -> int:
    if codec == "gzip":
        stream = zlib.compressobj(level, zlib.DEFLATED, 31)
        return len(stream.compress(page)) + len(stream.flush())
    return len(pyarrow.Codec(codec, compression_level=level).compress(page))


def main(codec: str, level: str, path: str) -> None:
    found = list(pages(Path(path)))
    wall, cpu = time.monotonic(), time.process_time()
    after = sum(compressed_size(codec, int(level), page) for page in found)
    print(f"{time.monotonic() - wall:.4f} {time.process_time() - cpu:.4f}", file=sys.stderr)
    print(sum(map(len, found)), after)


if __name__ == "__main__":
    main(*sys.argv[1:])
