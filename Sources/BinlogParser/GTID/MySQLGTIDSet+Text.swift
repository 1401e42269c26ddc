/// The text form, as in `@@gtid_executed`:
///
///     set:      [source ("," source)*]         a comma too many is passed over
///     source:   uuid (":" (tag | interval))*   a tag is for the intervals behind it, up to the next one
///     interval: number ["-" number]
extension MySQLGTIDSet: CustomStringConvertible {
  /// Reads what `@@gtid_executed` prints, in either case, with white space and line ends between the parts.
  ///
  /// Each source, and each tag, needs an interval, and an interval must not be empty: the server drops such parts.
  ///
  /// - Throws: `GTIDSetError` for any other text.
  public init(_ text: String) throws(GTIDSetError) {
    var scanner = GTIDSetScanner(text)
    var builder = Builder()
    while scanner.next != nil {
      if scanner.take(",") { continue }
      try Self.source(&scanner, &builder)
      guard scanner.next == nil || scanner.take(",") else { throw scanner.error(.expectedComma) }
    }
    self.init(builder)
  }

  private static func source(_ scanner: inout GTIDSetScanner, _ builder: inout Builder) throws(GTIDSetError) {
    let id = try scanner.uuid()
    var tag = ""
    guard scanner.take(":") else { throw scanner.error(.expectedNumber) }
    repeat {
      if let next = try scanner.tag() {
        tag = next
        guard scanner.take(":") else { throw scanner.error(.expectedNumber) }
      }
      builder.add(CollectionOfOne(try interval(&scanner)), of: id, tag: tag)
    } while scanner.take(":")
  }

  private static func interval(_ scanner: inout GTIDSetScanner) throws(GTIDSetError) -> Range<UInt64> {
    _ = scanner.next
    let start = scanner.character
    let first = try scanner.number(in: numbers)
    guard scanner.take("-") else { return first..<first + 1 }
    let last = try scanner.number(in: numbers)
    guard first <= last else { throw GTIDSetError(reason: .reversedInterval, character: start) }
    return first..<last + 1
  }

  /// As the server prints it, on one line: "uuid:1-5:7:tag:1,uuid:3".
  public var description: String {
    var text = ""
    var previous: UUIDBytes?
    for source in sources {
      if source.id != previous { text += "\(text.isEmpty ? "" : ",")\(source.id)" }
      if !source.tag.isEmpty { text += ":\(source.tag)" }
      source.intervals.write(to: &text)
      previous = source.id
    }
    return text
  }
}
