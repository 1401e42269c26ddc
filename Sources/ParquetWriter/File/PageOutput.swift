import Bytes

/// Takes the bytes of pages, one after the other.
package protocol PageOutput: ~Copyable {
  /// Puts `bytes` behind those before.
  mutating func write(_ bytes: RawSpan) throws(ParquetError)
}

extension OutputBuffer: PageOutput {
  /// Appends `bytes`.
  package mutating func write(_ bytes: RawSpan) { append(bytes) }
}
