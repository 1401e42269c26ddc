import Foundation

/// A binlog file that a real server wrote, from Tests/Fixtures; scripts/make-fixtures makes them.
public struct Fixture: Sendable, CustomStringConvertible {
  /// The file's name without its ending: "mysql-9.7-full".
  public let description: String
  /// The binlog file.
  public let bytes: [UInt8]
  /// What the server says of the changed rows, in the order of the log.
  public let rows: String

  /// Reads the fixture `name`.
  ///
  /// Throws where its files are missing or hold anything but comments and hexadecimal digits.
  public init(_ name: String) throws {
    description = name
    bytes = try Self.hexadecimal(try Self.text("\(name).hex"), name)
    rows = try Self.text("\(name).rows")
  }

  /// Where each event lies in `bytes`, by the sizes in the headers.
  public var events: [Range<Int>] { BinlogEvents.ranges(in: bytes) }

  private static func text(_ file: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures").standardized
    return try String(contentsOf: folder.appending(path: file), encoding: .utf8)
  }

  private static func hexadecimal(_ text: String, _ name: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let more = [UInt8](hexadecimal: line) else { throw FixtureError(description: "\(name): \(line)") }
      bytes += more
    }
    return bytes
  }
}

/// A fixture that holds something else than it must.
public struct FixtureError: Error, CustomStringConvertible {
  /// The fixture and the offending line.
  public let description: String
}

extension [UInt8] {
  /// The bytes of pairs of hexadecimal digits, or nil where there is anything else; blanks are passed over.
  public init?(hexadecimal text: some StringProtocol) {
    let digits = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    self = bytes
  }
}
