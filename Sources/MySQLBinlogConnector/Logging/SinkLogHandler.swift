import Logging

/// The handler behind every `Logger`: its lines go to a `LogSink`, whose level holds unless the logger has its own.
package struct SinkLogHandler: LogHandler {
  private let label: String
  private let sink: LogSink
  private var ownLevel: Logger.Level?

  /// Metadata of every line of this logger.
  package var metadata: Logger.Metadata = [:]
  /// A source of metadata that belongs to the task at hand.
  package var metadataProvider: Logger.MetadataProvider?

  /// A handler for the scope `label`.
  package init(label: String, sink: LogSink) {
    self.label = label
    self.sink = sink
  }

  /// The least severe level that is logged.
  package var logLevel: Logger.Level {
    get { ownLevel ?? sink.level.threshold }
    set { ownLevel = newValue }
  }

  /// One entry of `metadata`.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line. Where the same key stands twice, the event's own metadata counts.
  package func log(event: LogEvent) {
    var details = metadata
    details.merge(metadataProvider?.get() ?? [:]) { $1 }
    details.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { details["error"] = "\(error)" }
    sink.write(LogLine(level: LogLevel(event.level), scope: label, message: "\(event.message)", metadata: details))
  }
}
