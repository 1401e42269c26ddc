import BinlogParser

/// The form of lines of JSON.
public struct JSONLinesSettings: Sendable {
  /// Value of `source.version`.
  let version: String
  /// DDL and transactions have lines too.
  let everyEvent: Bool
  /// Spelling of values.
  let spelling: JSONSpelling
  /// Bytes that a compressed statement may come to.
  let maxEventBytes: Int

  /// Lines of the program's `version`, and with `everyEvent` of DDL and transactions too.
  public init(version: String, everyEvent: Bool, spelling: JSONSpelling, maxEventBytes: Int) {
    self.spelling = spelling
    self.version = version
    self.everyEvent = everyEvent
    self.maxEventBytes = maxEventBytes
  }
}
