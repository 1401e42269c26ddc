import Bytes

/// Many short runs of bytes in one: read-only once built, so that readers on any thread need no copy of a string.
struct StringPool: Sendable {
  /// The runs, and zeros behind them, so that a short run can be copied with some of what follows.
  private var bytes = [UInt8](repeating: 0, count: Self.paddingByteCount)
  private var runs: ContiguousArray<Run> = []

  private static let paddingByteCount = 32

  private struct Run: BitwiseCopyable {
    let start: Int
    let count: Int
  }

  /// The number of runs.
  var count: Int { runs.count }

  /// Appends the run that `body` writes.
  mutating func append(_ body: (inout OutputBuffer) -> Void) {
    var buffer = OutputBuffer(capacity: 64)
    body(&buffer)
    let end = bytes.count - Self.paddingByteCount
    bytes.replaceSubrange(end..<end, with: buffer.array)
    runs.append(Run(start: end, count: buffer.count))
  }

  /// Appends the run `index` to `buffer`.
  @inline(__always)
  func append(_ index: Int, to buffer: inout OutputBuffer) {
    let run = runs[index]
    buffer.append(run.count, at: run.start, of: bytes.bytes)
  }
}
