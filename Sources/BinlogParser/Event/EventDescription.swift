import Bytes

/// Description of an event for text output and `inspect`: short fields, and for some events one behind them that can be as long as
/// the event.
public struct EventDescription: ~Copyable, ~Escapable {
  /// The short fields; the header's come first.
  public let fields: [EventField]
  private var longField: LongField

  /// Describes the event `frame`, whose body is `body`: the header's fields, and what the body of a known type says.
  ///
  /// - Parameters:
  ///   - format: the file's format, as far as it is known yet.
  ///   - maxEventBytes: how many bytes a compressed statement may come to.
  /// - Throws: `DecodeError` for a body that cannot be read.
  @_lifetime(copy body)
  public init(
    of frame: EventFrame, _ body: RawSpan, format: FormatDescriptionEvent?, maxEventBytes: Int = Limits.event
  ) throws(DecodeError) {
    let details = try EventField.details(of: frame.header, body, format)
    try self.init(
      fields: EventField.common(to: frame) + details,
      LongField(of: frame.header.type, body, maxEventBytes: maxEventBytes))
  }

  @_lifetime(copy longField)
  private init(fields: [EventField], _ longField: consuming LongField) {
    self.fields = fields
    self.longField = longField
  }

  /// The name of the long field; nil where the event has none.
  public var longFieldName: String? { longField.name }

  /// True if the long field's value is a JSON string with its quotes, so that it stays on one line.
  public var hasJSONString: Bool { longField.isJSONString }

  /// Appends the next piece of the long field's value; returns false behind the last one.
  @_lifetime(self: copy self)
  public mutating func appendPiece(to out: inout OutputBuffer) -> Bool { longField.appendPiece(to: &out) }
}
