"""What the servers are told before a round of the oracle, and what their logs must then show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import binlog_file
from oracle_types import Kind

ROWS_QUERY, GTID, ANONYMOUS_GTID, PARTIAL_UPDATE_ROWS, TRANSACTION_PAYLOAD = 29, 33, 34, 39, 40
ANNOTATE_ROWS, COMPRESSED_ROWS = 160, range(166, 172)


@dataclass(frozen=True)
class Settings:
    """One combination. `share` is the part of all cells, on each server, that are compared under it."""

    name: str
    share: float
    metadata: str = "FULL"
    image: str = "FULL"
    # Columns that the log does not name are looked up in the server's information_schema.
    lookup: bool = False
    server: Mapping[str, str | int] = field(default_factory=dict)
    session: Mapping[str, str | int] = field(default_factory=dict)
    # JSON documents are changed in place now and then, which is what the server logs diffs of.
    diffs: bool = False
    # What shows in the log that the server did as it was told: one of these event types, a checksum, a number of files.
    evidence: Collection[int] = ()
    checksum: int = 1
    files: int = 1

    @property
    def names_are_known(self) -> bool:
        return self.metadata == "FULL" or self.lookup

    def describes(self, kind: Kind) -> bool:
        """Whether the labels of such a column are known, from wherever."""
        return self.metadata == "FULL" or self.lookup and not kind.has_supplementary_labels

    @property
    def globals(self) -> dict[str, str | int]:
        return {"binlog_row_metadata": self.metadata, **self.server}

    @property
    def locals(self) -> dict[str, str | int]:
        return {"binlog_row_image": self.image, **self.session}

    def check(self, logs: list[Path]) -> None:
        """Asserts that the files, which one round wrote, were written under these settings."""
        assert len(logs) >= self.files, f"{self.name}: {len(logs)} files"
        assert {binlog_file.checksum(log) for log in logs} == {self.checksum}, self.name
        found = {event.kind for log in logs for event in binlog_file.events(log)}
        assert not self.evidence or found & set(self.evidence), f"{self.name}: no event of {self.evidence} in {found}"


# The plain settings carry the weight; of the others, each shows that it changes nothing.
BOTH = [
    Settings("full", 0.14),
    Settings("minimal-metadata", 0.14, metadata="MINIMAL"),
    Settings("minimal-image", 0.02, image="MINIMAL"),
    Settings("noblob-image", 0.02, image="NOBLOB"),
    Settings("no-checksum", 0.02, server={"binlog_checksum": "NONE"}, checksum=0),
    Settings("rotations", 0.02, server={"max_binlog_size": 32768}, files=10),
]
MYSQL = [
    Settings("rows-query", 0.01, session={"binlog_rows_query_log_events": "ON"}, evidence={ROWS_QUERY}),
    Settings("zstd", 0.02, session={"binlog_transaction_compression": "ON"}, evidence={TRANSACTION_PAYLOAD}),
    Settings("zstd-22", 0.01, evidence={TRANSACTION_PAYLOAD}, session={
        "binlog_transaction_compression": "ON", "binlog_transaction_compression_level_zstd": 22}),
    Settings("zstd-rotations", 0.01, evidence={TRANSACTION_PAYLOAD}, session={"binlog_transaction_compression": "ON"},
             server={"max_binlog_size": 16384, "binlog_checksum": "NONE"}, checksum=0, files=5),
    Settings("partial-json", 0.02, session={"binlog_row_value_options": "PARTIAL_JSON"}, diffs=True,
             evidence={PARTIAL_UPDATE_ROWS}),
    Settings("gtid-on", 0.01, server={"gtid_mode": "ON"}, evidence={GTID}),
    Settings("gtid-off", 0.01, server={"gtid_mode": "OFF"}, evidence={ANONYMOUS_GTID}),
    Settings("minimal-metadata-lookup", 0.02, metadata="MINIMAL", lookup=True),
]
COMPRESSION = {"log_bin_compress": "ON", "log_bin_compress_min_len": 10}
MARIADB = [
    Settings("annotate", 0.01, session={"binlog_annotate_row_events": "ON"}, evidence={ANNOTATE_ROWS}),
    Settings("zlib", 0.02, server=COMPRESSION, evidence=COMPRESSED_ROWS),
    Settings("zlib-minimal-image", 0.01, server=COMPRESSION, image="MINIMAL", evidence=COMPRESSED_ROWS),
    Settings("no-metadata", 0.02, metadata="NO_LOG"),
    Settings("no-metadata-lookup", 0.02, metadata="NO_LOG", lookup=True),
]
