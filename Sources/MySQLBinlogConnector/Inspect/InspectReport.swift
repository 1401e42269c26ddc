import BinlogParser

/// What `inspect` knows of a file beside its events.
package struct InspectedFile {
  let path: String
  let byteCount: UInt64
  let isUnclosed: Bool
  /// What is missing of the last event of an unclosed file.
  let cut: String?
  /// Why the events behind `BinlogSummary.end` were not read.
  let error: String?

  package init(path: String, byteCount: UInt64, isUnclosed: Bool, cut: String?, error: String?) {
    self.path = path
    self.byteCount = byteCount
    self.isUnclosed = isUnclosed
    self.cut = cut
    self.error = error
  }
}

/// The summary that `inspect` prints for a file.
package struct InspectReport {
  let file: InspectedFile
  let summary: BinlogSummary
  let tellsChecksums: Bool

  /// A report of what `summary` found in `file`.
  package init(file: InspectedFile, summary: BinlogSummary, tellsChecksums: Bool) {
    self.file = file
    self.summary = summary
    self.tellsChecksums = tellsChecksums
  }

  private static func sorted(
    _ events: [EventType: BinlogSummary.Events]
  ) -> [(type: EventType, events: BinlogSummary.Events)] {
    events.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
  }

  private var tables: [(name: String, rows: BinlogSummary.Rows)] {
    summary.tables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: For people

  /// Aligned tables.
  package var text: String {
    var text = facts.map { "\(($0.0 + ":").padded(to: 16)) \(EventField.onOneLine($0.1))\n" }.joined()
    text += table("Events", summary.events)
    text += table("Events in TRANSACTION_PAYLOAD", summary.payloadEvents)
    text += table(
      "Tables", ["table", "inserted", "updated", "deleted"],
      tables.map { name, rows in
        [name, "\(rows.inserted)", "\(rows.updated)", "\(rows.deleted)"]
      })
    text += table(
      "Largest transactions", ["gtid", "position", "bytes", "rows"],
      summary.largestTransactions.map {
        [$0.gtid ?? "-", "\($0.position)", "\($0.bytes)", "\($0.rows)"]
      })
    return text + "\n"
  }

  private var facts: [(String, String)] {
    var facts = [("File", file.path), ("Size", "\(file.byteCount) bytes")]
    if let format = summary.format {
      facts.append(("Server", format.serverVersion))
      facts.append(("Checksum", format.checksum == .crc32 ? "CRC32" : "NONE"))
    }
    if let start = summary.startTime, let end = summary.endTime {
      facts.append(("Start time", "\(UTCTime.text(start)) UTC (\(start))"))
      facts.append(("End time", "\(UTCTime.text(end)) UTC (\(end))"))
    }
    if summary.format != nil { facts.append(("Closed", file.isUnclosed ? "not known to be" : "yes")) }
    facts.append(("Transactions", "\(summary.transactionCount)"))
    if !summary.gtids.isEmpty {
      facts.append(("GTID range", summary.gtids.map(\.description).joined(separator: ", ")))
    }
    if let previous = summary.previousGTIDs, !previous.isEmpty { facts.append(("Previous GTIDs", previous)) }
    if tellsChecksums { facts.append(("Verified", "\(summary.verifiedChecksums) checksums match")) }
    if let unreadable = summary.unreadable {
      facts.append(("Not readable", "\(unreadable.count) events; the first: \(unreadable.first)"))
    }
    if let cut = file.cut { facts.append(("Incomplete", "\(summary.end): \(cut)")) }
    if let error = file.error { facts.append(("Error", error)) }
    return facts
  }

  private func table(_ title: String, _ events: [EventType: BinlogSummary.Events]) -> String {
    table(
      title, ["type", "count", "bytes"],
      Self.sorted(events).map { type, events in
        ["\(type)", "\(events.count)", "\(events.bytes)"]
      })
  }

  /// A table with its first column, whose text may come from the file, to the left and numbers to the right; nothing when
  /// it has no rows.
  private func table(_ title: String, _ heads: [String], _ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "" }
    let all = [heads] + rows.map { $0.map(EventField.onOneLine) }
    let widths = heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let lines = all.map { row in
      let cells = row.indices.map { column in
        column == 0 ? row[0].padded(to: widths[0]) : row[column].leftPadded(to: widths[column])
      }
      return "  " + cells.joined(separator: "  ") + "\n"
    }
    return "\n\(title)\n" + lines.joined()
  }

  // MARK: For machines

  /// One JSON object on one line.
  package var json: String {
    var object = JSONObject()
    object.add("file", file.path)
    object.add("size", file.byteCount)
    object.add("server_version", summary.format?.serverVersion)
    object.add("checksum", summary.format.map { $0.checksum == .crc32 ? "CRC32" : "NONE" })
    object.add("start_time", summary.startTime.map { UInt64($0) })
    object.add("end_time", summary.endTime.map { UInt64($0) })
    object.add("closed", !file.isUnclosed)
    object.add("read_to", summary.end)
    object.add("verified_checksums", summary.verifiedChecksums)
    object.add("previous_gtids", summary.previousGTIDs)
    object.add(
      "gtids",
      summary.gtids.map { range in
        JSONObject {
          $0.add("first", "\(range.source)\(range.first)"); $0.add("last", "\(range.source)\(range.last)")
        }
      })
    object.add("events", Self.sorted(summary.events).map(Self.json))
    object.add("payload_events", Self.sorted(summary.payloadEvents).map(Self.json))
    object.add("tables", tables.map(Self.json))
    object.add("transactions", summary.transactionCount)
    object.add("largest_transactions", summary.largestTransactions.map(Self.json))
    object.add("unreadable_events", summary.unreadable?.count ?? 0)
    object.add("unreadable_reason", summary.unreadable.map { "\($0.first)" })
    object.add("incomplete", file.cut)
    object.add("error", file.error)
    return object.text + "\n"
  }

  private static func json(_ type: EventType, _ events: BinlogSummary.Events) -> JSONObject {
    JSONObject {
      $0.add("type", "\(type)")
      $0.add("count", events.count)
      $0.add("bytes", events.bytes)
    }
  }

  private static func json(_ name: String, _ rows: BinlogSummary.Rows) -> JSONObject {
    JSONObject {
      $0.add("table", name)
      $0.add("inserted", rows.inserted)
      $0.add("updated", rows.updated)
      $0.add("deleted", rows.deleted)
    }
  }

  private static func json(_ transaction: TransactionSummary) -> JSONObject {
    JSONObject {
      $0.add("position", transaction.position)
      $0.add("bytes", transaction.bytes)
      $0.add("rows", transaction.rows)
      $0.add("gtid", transaction.gtid)
    }
  }
}

extension JSONObject {
  /// An object whose members `body` adds.
  fileprivate init(_ body: (inout JSONObject) -> Void) {
    self.init()
    body(&self)
  }
}
