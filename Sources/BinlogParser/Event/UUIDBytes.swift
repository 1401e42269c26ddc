import Bytes

/// The 16 bytes of a UUID.
public struct UUIDBytes: Sendable, Hashable, CustomStringConvertible {
  /// The bytes in the order in which they are written.
  public let bytes: [UInt8]

  /// A copy of 16 bytes.
  init(_ bytes: RawSpan) { self.bytes = bytes.array }

  /// 16 bytes.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// "3e11fa47-71ca-11e1-9e33-c80aa9429562".
  public var description: String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += EventField.hex(byte)
    }
    return text
  }
}
