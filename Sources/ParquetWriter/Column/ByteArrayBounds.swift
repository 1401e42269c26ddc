import Bytes

// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (ColumnOrder)

/// Finds the smallest and the largest of byte arrays, in the order of unsigned bytes from the first to the last.
///
/// Bounds longer than the limit are left out, as a bound that is cut short misleads readers that take it for exact; or they
/// are cut, where the column asks for it.
package struct ByteArrayBounds: ~Copyable {
  private let sizeLimit: Int
  private var isEmpty = true
  private var smallest = OutputBuffer()
  private var largest = OutputBuffer()
  /// The first bytes of both, which settle nearly all comparisons.
  private var smallestPrefix: UInt64 = 0
  private var largestPrefix: UInt64 = 0

  /// Nothing seen so far.
  package init(sizeLimit: Int) {
    self.sizeLimit = sizeLimit
  }

  /// Takes `value` into account.
  package mutating func include(_ value: RawSpan) {
    let prefix = value.prefixWord
    guard isEmpty || prefix <= smallestPrefix || prefix >= largestPrefix else { return }
    if isEmpty || prefix < smallestPrefix || prefix == smallestPrefix && value.precedes(smallest.bytes) {
      smallest.replace(with: value)
      smallestPrefix = prefix
    }
    if isEmpty || prefix > largestPrefix || prefix == largestPrefix && largest.bytes.precedes(value) {
      largest.replace(with: value)
      largestPrefix = prefix
    }
    isEmpty = false
  }

  /// Both bounds; nil without values, where `rule` wants none, and where one of them is too long or cannot be cut.
  package func bounds(_ rule: BoundsRule) -> Statistics.Bounds? {
    guard !isEmpty, rule != .none else { return nil }
    if max(smallest.count, largest.count) <= sizeLimit {
      return Statistics.Bounds(min: smallest.array, max: largest.array)
    }
    guard rule == .truncated, let min = UTF8Bound.lower(smallest.bytes, sizeLimit: sizeLimit),
      let max = UTF8Bound.upper(largest.bytes, sizeLimit: sizeLimit)
    else { return nil }
    return Statistics.Bounds(
      min: min, max: max, isMinExact: smallest.count <= sizeLimit, isMaxExact: largest.count <= sizeLimit)
  }
}

/// Bounds of text that are cut to a size and stay UTF-8.
enum UTF8Bound {
  /// The longest start of whole characters, which comes before the text; nil for what is not UTF-8.
  static func lower(_ text: RawSpan, sizeLimit: Int) -> [UInt8]? {
    prefix(text, sizeLimit).map { Array($0.utf8) }
  }

  /// The text itself where it is short, else a start of it whose last character is the next one, so that it comes behind the
  /// text; nil where no character has a next one, and for what is not UTF-8.
  static func upper(_ text: RawSpan, sizeLimit: Int) -> [UInt8]? {
    guard var prefix = prefix(text, sizeLimit) else { return nil }
    guard text.byteCount > sizeLimit else { return Array(prefix.utf8) }
    while let last = prefix.unicodeScalars.popLast() {
      // No character has the numbers of surrogates, which end before U+E000.
      guard let next = last == "\u{D7FF}" ? "\u{E000}" : Unicode.Scalar(last.value + 1) else { continue }
      prefix.unicodeScalars.append(next)
      return Array(prefix.utf8)
    }
    return nil
  }

  private static func prefix(_ text: RawSpan, _ sizeLimit: Int) -> String? {
    var end = min(text.byteCount, sizeLimit)
    while end > 0, end < text.byteCount, text[byteAt: end] & 0xC0 == 0x80 { end -= 1 }
    return String(validating: text.extracting(0..<end).array, as: UTF8.self)
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
    var index = 0
    while index + 8 <= shared {
      let (word, otherWord) = (word(at: index).byteSwapped, other.word(at: index).byteSwapped)
      guard word == otherWord else { return word < otherWord }
      index += 8
    }
    let (rest, otherRest) = (extracting(index..<shared).prefixWord, other.extracting(index..<shared).prefixWord)
    return rest == otherRest ? byteCount < other.byteCount : rest < otherRest
  }

  /// The first eight bytes as one number, the first the highest, with zeros for those that are not there.
  fileprivate var prefixWord: UInt64 {
    guard byteCount < 8 else { return word(at: 0).byteSwapped }
    return byteCount == 0 ? 0 : bigEndianWord &<< UInt64(truncatingIfNeeded: 64 &- 8 &* byteCount)
  }
}
