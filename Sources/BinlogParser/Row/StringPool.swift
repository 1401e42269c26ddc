import Bytes

/// Many short runs of bytes in one: read-only once built, so that readers on any thread need no copy of a string.
struct StringPool: Sendable {
  private var bytes: [UInt8] = []
  private var ends: ContiguousArray<Int> = [0]

  /// The number of runs.
  var count: Int { ends.count - 1 }

  /// Appends the run that `body` writes.
  mutating func append(_ body: (inout OutputBuffer) -> Void) {
    var buffer = OutputBuffer(capacity: 64)
    body(&buffer)
    bytes += buffer.array
    ends.append(bytes.count)
  }

  /// Appends the run `index` to `buffer`.
  @inline(__always)
  func append(_ index: Int, to buffer: inout OutputBuffer) {
    let start = ends[index]
    let end = ends[index + 1]
    unsafe bytes.withUnsafeBytes { source in
      unsafe buffer.append(UnsafeRawBufferPointer(rebasing: source[start..<end]).bytes)
    }
  }
}
