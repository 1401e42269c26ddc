import Bytes

/// Many short runs of bytes: read-only once built, so that readers on any thread need no copy of a string.
@usableFromInline
struct StringPool: Sendable {
  @usableFromInline var runs: ContiguousArray<Run> = []

  /// A run, whose first bytes stand here as words, so that a short one is copied without a call.
  @usableFromInline
  struct Run: Sendable {
    @usableFromInline let low: SIMD2<UInt64>
    @usableFromInline let high: SIMD2<UInt64>
    @usableFromInline let count: Int
    @usableFromInline let bytes: [UInt8]

    @inlinable static var headByteCount: Int { 32 }

    init(_ bytes: [UInt8]) {
      let words = (0..<4).map { Self.word(bytes.dropFirst(8 * $0)) }
      low = SIMD2(words[0], words[1])
      high = SIMD2(words[2], words[3])
      count = bytes.count
      self.bytes = bytes
    }

    /// The first eight bytes, lowest first.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// The number of runs.
  var count: Int { runs.count }

  /// True if a run of text holds a character that steers a terminal.
  var steersTerminal: Bool {
    runs.contains { run in String(decoding: run.bytes, as: UTF8.self).unicodeScalars.contains(where: \.steersTerminal) }
  }

  /// Appends the run that `body` writes.
  mutating func append(_ body: (inout OutputBuffer) -> Void) {
    var buffer = OutputBuffer(capacity: 64)
    body(&buffer)
    runs.append(Run(buffer.array))
  }

  /// Appends the run `index` to `buffer`.
  @inlinable @inline(__always)
  func append(_ index: Int, to buffer: inout OutputBuffer) {
    guard runs[index].count <= Run.headByteCount else { return buffer.append(contentsOf: runs[index].bytes) }
    buffer.append(runs[index].low, runs[index].high, count: runs[index].count)
  }
}
