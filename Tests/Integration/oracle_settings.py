"""What the servers are told before a round of the oracle, and what their logs must then show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

import binlog_file
from oracle_types import Kind

ROWS_QUERY, GTID, ANONYMOUS_GTID, PARTIAL_UPDATE_ROWS, TRANSACTION_PAYLOAD = 29, 33, 34, 39, 40
ANNOTATE_ROWS, COMPRESSED_ROWS = 160, range(166, 172)


class Pieces(Enum):
    """Ways to read one log in several runs."""

    NONE = "one run"
    # Runs that end at places between two transactions, and go on from a checkpoint.
    CHECKPOINT = "checkpoint"
    # Runs over ranges of time that share their bounds, with transactions whose times go back and forth.
    TIME = "time"


@dataclass(frozen=True)
class Settings:
    """One combination. `share` is the part of all cells, on each server, that are compared under it."""

    name: str
    share: float
    metadata: str = "FULL"
    image: str = "FULL"
    # The configuration's `column_names`.
    column_names: str = "auto"
    server: Mapping[str, str | int] = field(default_factory=dict)
    session: Mapping[str, str | int] = field(default_factory=dict)
    # JSON documents are changed in place now and then, which is what the server logs diffs of.
    diffs: bool = False
    # What shows in the log that the server did as it was told: one of these event types, a checksum, a number of files.
    evidence: Collection[int] = ()
    checksum: int = 1
    files: int = 1
    # Tables without transactions are changed within transactions. MySQL refuses that where every transaction has an id.
    mixed_engines: bool = False
    # A server of its own, because what is drawn there would disturb others: ids of other servers, times of other days.
    # On MariaDB its logs are encrypted.
    own_server: bool = False
    # The log is read in several runs.
    pieces: Pieces = Pieces.NONE
    # The rows come as lines of JSON on standard output, and not in Parquet files.
    as_lines: bool = False
    # They come as files of such lines.
    as_line_files: bool = False
    # They come as typed datasets.
    as_tables: bool = False

    @property
    def lookup(self) -> bool:
        """Whether the server's information_schema is asked for columns."""
        return self.column_names == "lookup" or self.column_names == "auto" and self.metadata != "FULL"

    @property
    def names_are_known(self) -> bool:
        return self.metadata == "FULL" or self.lookup

    def describes(self, kind: Kind) -> bool:
        """Whether the labels of such a column are known, from wherever."""
        return self.metadata == "FULL" or self.lookup and not kind.has_supplementary_labels

    @property
    def before_redefinition(self) -> Settings:
        """What holds for rows of a table that was defined anew afterwards: the server's answer is not about them."""
        return replace(self, column_names="log")

    def tells(self, kind: Kind) -> bool:
        """Whether the log, or the server, tells what the bytes of such a column mean."""
        return self.metadata != "NO_LOG" or self.lookup or kind.is_plain

    @property
    def globals(self) -> dict[str, str | int]:
        return {"binlog_row_metadata": self.metadata, **self.server}

    @property
    def locals(self) -> dict[str, str | int]:
        return {"binlog_row_image": self.image, **self.session}

    def check(self, logs: list[Path], is_mariadb: bool) -> None:
        """Asserts that the files, which one round wrote, were written under these settings."""
        assert len(logs) >= self.files, f"{self.name}: {len(logs)} files"
        if self.own_server and is_mariadb:
            assert all(map(binlog_file.is_encrypted, logs)), f"{self.name}: not encrypted"
            return
        assert {binlog_file.checksum(log) for log in logs} == {self.checksum}, self.name
        found = {event.kind for log in logs for event in binlog_file.events(log)}
        assert not self.evidence or found & set(self.evidence), f"{self.name}: no event of {self.evidence} in {found}"


# The plain settings carry the weight; of the others, each shows that it changes nothing.
BOTH = [
    Settings("full", 0.14),
    Settings("minimal-metadata", 0.12, metadata="MINIMAL", column_names="log"),
    Settings("minimal-metadata-auto", 0.02, metadata="MINIMAL"),
    Settings("lines", 0.02, as_lines=True),
    Settings("lines-checkpoints", 0.02, as_lines=True, pieces=Pieces.CHECKPOINT, server={"max_binlog_size": 65536}, files=2),
    Settings("line-files", 0.02, as_line_files=True, pieces=Pieces.CHECKPOINT, server={"max_binlog_size": 65536}, files=2),
    Settings("tables", 0.1, as_tables=True),
    Settings("tables-minimal-metadata", 0.02, as_tables=True, metadata="MINIMAL", column_names="log"),
    Settings("tables-minimal-image", 0.02, as_tables=True, image="MINIMAL"),
    Settings("tables-noblob-image", 0.02, as_tables=True, image="NOBLOB"),
    Settings("tables-checkpoints", 0.02, as_tables=True, pieces=Pieces.CHECKPOINT, server={"max_binlog_size": 65536}, files=2),
    Settings("minimal-image", 0.02, image="MINIMAL"),
    Settings("noblob-image", 0.02, image="NOBLOB"),
    Settings("no-checksum", 0.02, server={"binlog_checksum": "NONE"}, checksum=0),
    Settings("rotations", 0.02, server={"max_binlog_size": 32768}, files=10),
    Settings("checkpoints", 0.02, pieces=Pieces.CHECKPOINT),
    Settings("own-server-checkpoints", 0.02, own_server=True, pieces=Pieces.CHECKPOINT),
    Settings("own-server-times", 0.02, own_server=True, pieces=Pieces.TIME, server={"max_binlog_size": 65536}, files=2),
]
WITHOUT_IDS = {"gtid_mode": "OFF", "enforce_gtid_consistency": "OFF"}
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
    Settings("minimal-metadata-lookup", 0.02, metadata="MINIMAL", column_names="lookup"),
    Settings("lines-zstd", 0.01, as_lines=True, session={"binlog_transaction_compression": "ON"},
             evidence={TRANSACTION_PAYLOAD}),
    Settings("tables-partial-json", 0.02, as_tables=True, session={"binlog_row_value_options": "PARTIAL_JSON"}, diffs=True,
             evidence={PARTIAL_UPDATE_ROWS}),
    Settings("tables-zstd", 0.01, as_tables=True, session={"binlog_transaction_compression": "ON"}, evidence={TRANSACTION_PAYLOAD}),
    Settings("mixed-engines", 0.02, server=WITHOUT_IDS, mixed_engines=True),
    Settings("mixed-engines-zstd", 0.01, server=WITHOUT_IDS, mixed_engines=True, evidence={TRANSACTION_PAYLOAD},
             session={"binlog_transaction_compression": "ON"}),
]
COMPRESSION = {"log_bin_compress": "ON", "log_bin_compress_min_len": 10}
MARIADB = [
    Settings("annotate", 0.01, session={"binlog_annotate_row_events": "ON"}, evidence={ANNOTATE_ROWS}),
    Settings("zlib", 0.02, server=COMPRESSION, evidence=COMPRESSED_ROWS),
    Settings("zlib-minimal-image", 0.01, server=COMPRESSION, image="MINIMAL", evidence=COMPRESSED_ROWS),
    Settings("no-metadata", 0.02, metadata="NO_LOG", column_names="log"),
    Settings("tables-no-metadata", 0.02, as_tables=True, metadata="NO_LOG", column_names="log"),
    Settings("tables-no-metadata-lookup", 0.02, as_tables=True, metadata="NO_LOG", column_names="lookup"),
    Settings("no-metadata-auto", 0.02, metadata="NO_LOG"),
    Settings("no-metadata-lookup", 0.02, metadata="NO_LOG", column_names="lookup"),
    Settings("mixed-engines", 0.02, mixed_engines=True),
    Settings("mixed-engines-zlib", 0.01, server=COMPRESSION, mixed_engines=True, evidence=COMPRESSED_ROWS),
]
