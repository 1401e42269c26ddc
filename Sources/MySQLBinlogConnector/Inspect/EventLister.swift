import BinlogParser
import Bytes

/// Makes the lines of `inspect --events`.
package struct EventLister {
  private var decoder = EventDecoder(filter: TableFilter(), columnNames: .logged)

  /// A lister at the start of a file.
  package init() {}

  /// The line of the event `frame` of `file`.
  ///
  /// - Parameter isInPayload: it is an event of the TRANSACTION_PAYLOAD in whose place it is.
  /// - Throws: `BinlogError` for an event that cannot be read, other than rows, which then have no fields.
  @_lifetime(copy body)
  package mutating func line(
    _ frame: EventFrame, _ body: RawSpan, file: String, format: FormatDescriptionEvent?, isInPayload: Bool = false
  ) throws(BinlogError) -> EventLine {
    let event = try Self.describe(frame, body, file, format)
    return EventLine(event, frame: frame, file: file, rows: rowsFields(frame, body), isInPayload: isInPayload)
  }

  @_lifetime(copy body)
  private static func describe(
    _ frame: EventFrame, _ body: RawSpan, _ file: String, _ format: FormatDescriptionEvent?
  ) throws(BinlogError) -> EventDescription {
    do { return try EventDescription(of: frame, body, format: format) } catch {
      var located = BinlogError(.decode(error.shifted(by: EventHeader.byteCount)))
      located.file = file
      located.position = frame.start
      located.eventType = frame.header.type
      throw located
    }
  }

  /// The fields of rows; none for other events, and where the rows cannot be read, which the summary tells.
  private mutating func rowsFields(_ frame: EventFrame, _ body: RawSpan) -> [EventField] {
    guard let event = try? decoder.decode(frame, body), case .rows(let rows, let table) = event else { return [] }
    return (try? EventField.fields(of: rows, table)) ?? []
  }
}
