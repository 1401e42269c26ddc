import Bytes

/// Writes row images as text of one style, with the spellings that the documentation of the output fixes.
public struct ImageWriter<Style: ImageStyle>: ~Copyable, ColumnVisitor {
  /// What was written.
  public var buffer: OutputBuffer
  /// Number of undecodable runs of bytes that were replaced by U+FFFD.
  public var replacements = 0
  /// Where the image begins.
  @usableFromInline var start = 0
  @usableFromInline var jsonKeys = JSONKeys()
  @usableFromInline let spelling: JSONSpelling

  /// A writer with an empty buffer; `spelling` is for styles that heed one.
  public init(capacity: Int = 4096, spelling: JSONSpelling = JSONSpelling()) {
    buffer = OutputBuffer(capacity: capacity)
    self.spelling = spelling
  }

  /// Binary values beyond the style's limit show this many bytes.
  @inlinable static var cutBinaryCount: Int { 32 }

  /// Remembers where the image begins.
  @inlinable public mutating func beginImage() {
    start = buffer.count
  }

  /// Writes the style's end of an image.
  @inlinable public mutating func endImage() { Style.end(from: start, &buffer) }

  /// Writes the style's key of the column.
  @inlinable @inline(__always)
  public mutating func column(_ index: Int, _ table: TablePlan) { Style.key(index, table, &buffer) }

  /// Writes the style's null.
  @inlinable public mutating func null() { buffer.append(Style.null) }

  /// Writes the number in decimal digits.
  @inlinable public mutating func signed(_ value: Int64) {
    if isQuoted(value.magnitude) { quote() }
    buffer.append(decimal: value)
    if isQuoted(value.magnitude) { quote() }
  }

  /// Writes the number in decimal digits.
  @inlinable public mutating func unsigned(_ value: UInt64) {
    if isQuoted(value) { quote() }
    buffer.append(decimal: value)
    if isQuoted(value) { quote() }
  }

  /// Says whether a number of that magnitude is a string.
  @inlinable @inline(__always)
  func isQuoted(_ magnitude: UInt64) -> Bool {
    Style.hasSpelling && magnitude > JSONSpelling.largestExact && spelling.quotesBigNumbers
  }

  /// Writes the shortest digits that read back as the same number.
  @inlinable public mutating func float(_ value: Float) { value.isFinite ? buffer.append(shortest: value) : null() }
  /// Writes the shortest digits that read back as the same number.
  @inlinable public mutating func double(_ value: Double) { value.isFinite ? buffer.append(shortest: value) : null() }

  /// Writes all digits of the scale, in quotes.
  @inlinable public mutating func decimal(_ digits: RawSpan, _ type: NewDecimal) throws(DecodeError) {
    quote()
    try type.append(digits, to: &buffer)
    quote()
  }

  /// Writes `2024-01-31`.
  @inlinable public mutating func date(_ value: CivilDate) {
    quoteTemporal()
    value.append(to: &buffer)
    quoteTemporal()
  }

  /// Writes `2024-01-31 10:11:12.123`.
  @inlinable public mutating func dateTime(_ value: CivilDateTime, fractionDigits: Int) {
    quoteTemporal()
    if Style.hasSpelling, spelling.temporals == .iso {
      value.append(to: &buffer, fractionDigits: fractionDigits, separator: UInt8(ascii: "T"))
    } else {
      value.append(to: &buffer, fractionDigits: fractionDigits)
    }
    quoteTemporal()
  }

  /// Writes the time in UTC.
  @inlinable public mutating func timestamp(_ value: Timestamp, fractionDigits: Int) {
    quoteTemporal()
    if Style.hasSpelling, spelling.temporals == .sql {
      value.append(to: &buffer, fractionDigits: fractionDigits)
      buffer.append(UInt8(ascii: "Z"))
    } else if Style.marksUTC {
      value.appendRFC3339(to: &buffer, fractionDigits: fractionDigits)
    } else {
      value.append(to: &buffer, fractionDigits: fractionDigits)
    }
    quoteTemporal()
  }

  /// Writes `-838:59:59.000000`.
  @inlinable public mutating func time(_ value: Time, fractionDigits: Int) {
    quoteTemporal()
    value.append(to: &buffer, fractionDigits: fractionDigits)
    quoteTemporal()
  }

  /// Writes the text as a JSON string, from its character set.
  @inlinable public mutating func text(_ bytes: RawSpan, _ characterSet: CharacterSet) {
    replacements +=
      Style.isForTerminal
      ? buffer.append(terminalString: bytes, from: characterSet) : buffer.append(jsonString: bytes, from: characterSet)
  }

  /// Writes text where the bytes are UTF-8, else hexadecimal digits.
  @inlinable public mutating func textOrBinary(_ bytes: RawSpan) {
    if bytes.isWellFormedUTF8 {
      text(bytes, .utf8mb4)
    } else {
      binary(bytes, paddedCount: 0)
    }
  }

  /// Writes `0x` and hexadecimal digits; a long value is cut where the style wants that.
  @inlinable public mutating func binary(_ bytes: RawSpan, paddedCount: Int) {
    let count = max(bytes.byteCount, paddedCount)
    guard count <= Style.wholeBinaryLimit else { return cutBinary(bytes, count) }
    if Style.quotesTemporals { quote() }
    buffer.append("0x")
    buffer.append(hex: bytes)
    buffer.append(repeating: UInt8(ascii: "0"), count: 2 * (count - bytes.byteCount))
    if Style.quotesTemporals { quote() }
  }

  @usableFromInline
  mutating func cutBinary(_ bytes: RawSpan, _ count: Int) {
    buffer.append("0x")
    buffer.append(hex: bytes.extracting(first: min(Self.cutBinaryCount, bytes.byteCount)))
    buffer.append("... (\(count) bytes)")
  }

  /// Writes the label, or the index where the label is not known.
  @inlinable public mutating func enumeration(_ index: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    if index == 0 {
      buffer.append("\"\"")
    } else if index <= UInt64(labels.count) {
      let start = buffer.count
      quote()
      table.labels.append(labels.lowerBound + Int(index) - 1, to: &buffer)
      quote()
      if table.labelsSteerTerminal { escape(from: start) }
    } else {
      buffer.append(decimal: index)
    }
  }

  /// Writes the labels with commas between them, or the mask where they are not known.
  @inlinable public mutating func set(_ mask: UInt64, _ labels: Range<Int>, _ table: TablePlan) {
    let known = labels.count >= 64 ? UInt64.max : 1 << UInt64(labels.count) - 1
    guard !labels.isEmpty, mask & ~known == 0 else { return unsigned(mask) }
    let start = buffer.count
    quote()
    var rest = mask
    while rest != 0 {
      table.labels.append(labels.lowerBound + rest.trailingZeroBitCount, to: &buffer)
      rest &= rest &- 1
      if rest != 0 { buffer.append(UInt8(ascii: ",")) }
    }
    quote()
    if table.labelsSteerTerminal { escape(from: start) }
  }

  /// Writes the document as text.
  @inlinable public mutating func json(_ document: RawSpan) throws(DecodeError) {
    let start = buffer.count
    try JSONBinary.append(document, &jsonKeys, to: &buffer)
    escape(from: start)
  }

  /// Writes the changes as the calls of functions that would make them.
  @inlinable public mutating func json(diffs: RawSpan) throws(DecodeError) {
    let start = buffer.count
    try JSONDiffs.append(diffs, to: &buffer)
    escape(from: start)
  }

  /// Writes the document with the changes made to it.
  @inlinable public mutating func json(
    diffs: RawSpan, at offset: Int, appliedTo document: RawSpan, at documentOffset: Int
  ) throws(DecodeError) {
    let start = buffer.count
    try JSONDiffs.append(diffs, at: offset, appliedTo: document, at: documentOffset, to: &buffer)
    escape(from: start)
  }

  /// Writes an array of numbers.
  @inlinable public mutating func vector(_ floats: RawSpan) throws(DecodeError) { try buffer.append(vector: floats) }

  /// Writes `00112233-4455-6677-8899-aabbccddeeff`.
  @inlinable public mutating func uuid(_ bytes: InlineArray<16, UInt8>) {
    quote()
    buffer.append(uuid: bytes)
    quote()
  }

  /// Writes `192.0.2.1`.
  @inlinable public mutating func inet4(_ bytes: InlineArray<16, UInt8>) {
    quote()
    buffer.append(inet4: bytes, at: 0)
    quote()
  }

  /// Writes `2001:db8::1`.
  @inlinable public mutating func inet6(_ bytes: InlineArray<16, UInt8>) {
    quote()
    buffer.append(inet6: bytes)
    quote()
  }

  /// Escapes what steers a terminal from `start` on, where one is meant.
  @inlinable @inline(__always)
  mutating func escape(from start: Int) {
    if Style.isForTerminal { buffer.escapeTerminalControls(from: start) }
  }

  @inlinable @inline(__always)
  mutating func quote() { buffer.append(UInt8(ascii: "\"")) }

  @inlinable @inline(__always)
  mutating func quoteTemporal() { if Style.quotesTemporals { quote() } }
}
