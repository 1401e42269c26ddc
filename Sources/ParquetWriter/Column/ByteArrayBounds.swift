import Bytes

// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (ColumnOrder)

/// Finds the smallest and the largest of byte arrays, in the order of unsigned bytes from the first to the last.
///
/// Bounds longer than the limit are left out, as a bound that is cut short misleads readers that take it for exact.
package struct ByteArrayBounds: ~Copyable {
  private let sizeLimit: Int
  private var isEmpty = true
  private var smallest = OutputBuffer()
  private var largest = OutputBuffer()

  /// Nothing seen so far.
  package init(sizeLimit: Int) {
    self.sizeLimit = sizeLimit
  }

  /// Takes `value` into account.
  package mutating func include(_ value: RawSpan) {
    if isEmpty || value.precedes(smallest.bytes) { smallest.replace(with: value) }
    if isEmpty || largest.bytes.precedes(value) { largest.replace(with: value) }
    isEmpty = false
  }

  /// Both bounds; nil without values, or where one of them is too long.
  package var bounds: Statistics.Bounds? {
    guard !isEmpty, max(smallest.count, largest.count) <= sizeLimit else { return nil }
    return Statistics.Bounds(min: smallest.array, max: largest.array)
  }
}

extension OutputBuffer {
  fileprivate mutating func replace(with bytes: RawSpan) {
    removeAll()
    append(bytes)
  }
}

extension RawSpan {
  /// True if these bytes come before `other` in the order of unsigned bytes.
  package func precedes(_ other: RawSpan) -> Bool {
    let shared = Swift.min(byteCount, other.byteCount)
    for index in 0..<shared where self[byteAt: index] != other[byteAt: index] {
      return self[byteAt: index] < other[byteAt: index]
    }
    return byteCount < other.byteCount
  }
}
