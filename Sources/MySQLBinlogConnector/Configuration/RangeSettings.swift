/// Which part of the binlog to read: half open, from an event that starts at or after `from` to one that ends at `to`.
package struct RangeSettings: Sendable, Equatable {
  /// The first binlog file.
  package let fromFile: String
  /// Bytes from the start of the first file.
  package let fromPosition: UInt64
  /// The last binlog file; nil reads for ever.
  package let toFile: String?
  /// Bytes from the start of the last file; nil is the end of that file.
  package let toPosition: UInt64?

  /// A binlog file begins with four magic bytes.
  private static let positions: ClosedRange<Int64> = 4...Int64.max

  init(_ reader: inout ConfigurationReader) {
    reader.require(.fromBinlogFile)
    reader.require(.fromBinlogPosition)
    let from = Self.name(.fromBinlogFile, &reader)
    let to = Self.name(.toBinlogFile, &reader)
    fromFile = from?.name ?? ""
    toFile = to?.name
    fromPosition = reader.integer(.fromBinlogPosition, in: Self.positions).map { UInt64($0) } ?? 4
    toPosition = reader.integer(.toBinlogPosition, in: Self.positions).map { UInt64($0) }
    if reader.has(.toBinlogPosition), !reader.has(.toBinlogFile) {
      reader.report(.toBinlogPosition, "needs to_binlog_file beside it")
    }
    if let from, let to { checkOrder(from, to, &reader) }
  }

  private func checkOrder(_ from: BinlogFileName, _ to: BinlogFileName, _ reader: inout ConfigurationReader) {
    if to.number < from.number {
      reader.report(.toBinlogFile, "\(to.name) comes before from_binlog_file \(from.name)")
    } else if to.number == from.number, to.name != from.name {
      reader.report(.toBinlogFile, "\(to.name) has the number of from_binlog_file \(from.name), but another name")
    } else if to.name == from.name, let toPosition, toPosition <= fromPosition {
      reader.report(
        .toBinlogPosition,
        "must be greater than from_binlog_position \(fromPosition) in the same file, is \(toPosition)")
    }
  }

  private static func name(_ key: ConfigurationKey, _ reader: inout ConfigurationReader) -> BinlogFileName? {
    guard let text = reader.string(key) else { return nil }
    guard let name = BinlogFileName(text) else {
      reader.report(key, "must be a file name like binlog.000001, is \(text.quotedForMessage)")
      return nil
    }
    return name
  }
}

/// The name of a binlog file: a base name, a dot, and the number by which the files are ordered.
private struct BinlogFileName {
  let name: String
  let number: UInt64

  /// nil unless `text` is `name.digits`, without a folder.
  init?(_ text: String) {
    guard let dot = text.lastIndex(of: "."), dot != text.startIndex, text.utf8.count <= 255 else { return nil }
    let digits = text[text.index(after: dot)...]
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt64(digits) else { return nil }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "/" && $0 != "\\" }) else { return nil }
    name = text
    self.number = number
  }
}
