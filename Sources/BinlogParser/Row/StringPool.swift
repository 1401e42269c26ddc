import Bytes

/// Many short runs of bytes in one: read-only once built, so that readers on any thread need no copy of a string.
struct StringPool: Sendable {
  /// The runs, and zeros behind them, so that a short run can be copied with some of what follows.
  private var bytes = [UInt8](repeating: 0, count: Self.paddingByteCount)
  private var ends: ContiguousArray<Int> = [0]

  private static let paddingByteCount = 32

  /// The number of runs.
  var count: Int { ends.count - 1 }

  /// Appends the run that `body` writes.
  mutating func append(_ body: (inout OutputBuffer) -> Void) {
    var buffer = OutputBuffer(capacity: 64)
    body(&buffer)
    let end = count == 0 ? 0 : ends[count]
    bytes.replaceSubrange(end..<end, with: buffer.array)
    ends.append(end + buffer.count)
  }

  /// Appends the run `index` to `buffer`, without its first bytes.
  @inline(__always)
  func append(_ index: Int, droppingFirst dropped: Int = 0, to buffer: inout OutputBuffer) {
    let start = ends[index] &+ dropped
    buffer.append(first: ends[index &+ 1] &- start, of: bytes.bytes.extracting(droppingFirst: start))
  }
}
