import BinlogParser
import Bytes

/// What text output shows of an event.
struct DescribedEvent {
  /// Names and values, the long field's last.
  private(set) var fields: [(name: String, value: String)]
  /// Bytes of the largest piece of the long field.
  private(set) var largestPiece = 0

  /// Describes the event `frame`, whose body is `body`.
  init(_ frame: EventFrame, _ body: RawSpan, _ format: FormatDescriptionEvent?) throws(DecodeError) {
    var event = try EventDescription(of: frame, body, format: format)
    fields = event.fields.map { ($0.name, $0.value) }
    guard let name = event.longFieldName else { return }
    var value = OutputBuffer()
    var count = 0
    while event.appendPiece(to: &value) {
      largestPiece = max(largestPiece, value.count - count)
      count = value.count
    }
    fields.append((name, value.bytes.utf8String))
  }
}
