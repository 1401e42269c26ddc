import BinlogParser

/// Tells of the first event of each type that is not known, and that its server does not allow to be ignored.
package struct UnknownEventWatch: Sendable {
  private let notice: @Sendable (PipelineNotice) -> Void
  private var told: Set<EventType> = []

  /// A watch that calls `notice`.
  package init(_ notice: @escaping @Sendable (PipelineNotice) -> Void) { self.notice = notice }

  /// Takes an event of `file`, from a TRANSACTION_PAYLOAD too.
  package mutating func note(_ frame: EventFrame, _ file: String) {
    let header = frame.header
    guard !header.type.isKnown, !header.isIgnorable, told.insert(header.type).inserted else { return }
    notice(.unknownEvent(header.type, file: file, position: frame.start))
  }
}
