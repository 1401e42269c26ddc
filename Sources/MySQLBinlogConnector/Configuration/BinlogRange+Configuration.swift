import BinlogParser

extension BinlogRange {
  /// A binlog file begins with four magic bytes.
  static let positions: ClosedRange<Int64> = 4...Int64.max

  /// The range that `from_binlog_file`, `from_binlog_position`, `to_binlog_file` and `to_binlog_position` name.
  init(_ reader: inout ConfigurationReader) {
    if !StartSettings.isElsewhere(reader) {
      reader.require(.fromBinlogFile)
      reader.require(.fromBinlogPosition)
    }
    let from = Self.file(.fromBinlogFile, &reader)
    let to = Self.file(.toBinlogFile, &reader)
    let fromOffset = UInt64(reader.count(.fromBinlogPosition))
    let toOffset = reader.integer(.toBinlogPosition).map { UInt64($0) }
    if reader.has(.toBinlogPosition), !reader.has(.toBinlogFile) {
      reader.report(.toBinlogPosition, "needs to_binlog_file beside it")
    }
    self.init(from: BinlogPosition(file: from ?? "", offset: fromOffset), toFile: to, toOffset: toOffset)
    if let from, let to { checkOrder(from, to, &reader) }
  }

  private func checkOrder(_ first: String, _ last: String, _ reader: inout ConfigurationReader) {
    if BinlogFileOrder.precedes(last, first) {
      reader.report(.toBinlogFile, "\(last) comes before \(reader.name(of: .fromBinlogFile)) \(first)")
    } else if last == first {
      guard let toOffset, toOffset <= from.offset else { return }
      reader.report(
        .toBinlogPosition,
        "must be greater than \(reader.name(of: .fromBinlogPosition)) \(from.offset) in the same file, is \(toOffset)")
    } else if !BinlogFileOrder.precedes(first, last) {
      reader.report(
        .toBinlogFile, "\(last) has the number of \(reader.name(of: .fromBinlogFile)) \(first), but another name")
    }
  }

  private static func file(_ key: ConfigurationKey, _ reader: inout ConfigurationReader) -> String? {
    guard let text = reader.string(key) else { return nil }
    guard isFileName(text) else {
      reader.report(key, "must be a file name like binlog.000001, is \(text.quotedForMessage)")
      return nil
    }
    return text
  }

  /// True if `text` is `name.digits`, without a folder.
  static func isFileName(_ text: String) -> Bool {
    guard let dot = text.lastIndex(of: "."), dot != text.startIndex, text.utf8.count <= 255 else { return false }
    guard text[text.index(after: dot)...].allSatisfy({ $0.isASCII && $0.isNumber }) else { return false }
    guard BinlogFileOrder.number(of: text) != nil else { return false }
    return text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "/" && $0 != "\\" }
  }
}
