import BinlogParser
import Bytes
import ParquetWriter
import Platform

/// Why the pipeline stopped before its input ended.
public enum PipelineError: Error, Sendable {
  /// The log's bytes are wrong.
  case binlog(BinlogError)
  /// A batch could not be made into the bytes of a file.
  case encoding(ParquetError)
  /// A file or an object could not be written.
  case file(OutputError)
  /// Standard output could not be written.
  case output(SystemError)
  /// The checkpoint could not be written; the output that it covers is there.
  case checkpoint(CheckpointStoreError)
  /// Whoever reads stdout went away: the end of a run that nobody listens to.
  case outputClosed
}

extension PipelineError: CustomStringConvertible {
  /// What happened, in one sentence.
  public var description: String {
    switch self {
    case .binlog(let error): error.description
    case .encoding(let error): "the output could not be written: \(error)"
    case .file(let error): "the output could not be written: \(error)"
    case .output(let error): "the output could not be written: \(error)"
    case .checkpoint(let error): "the checkpoint could not be written: \(error)"
    case .outputClosed: "the reader of stdout has closed it"
    }
  }
}

extension PipelineError {
  /// The same error, with the place of the event where it came up.
  func located(file: String, _ frame: EventFrame) -> PipelineError {
    guard case .binlog(var error) = self else { return self }
    error.file = file
    error.position = frame.start
    error.eventType = error.eventType ?? frame.header.type
    return .binlog(error)
  }

  /// The same error, with the event of a TRANSACTION_PAYLOAD in which it came up.
  func within(_ frame: EventFrame) -> PipelineError {
    guard case .binlog(var error) = self else { return self }
    error.eventType = frame.header.type
    return .binlog(error)
  }
}

extension EventFrame {
  /// The events in a TRANSACTION_PAYLOAD, with the error that stages throw.
  @_lifetime(copy body)
  func payloadEvents(_ body: RawSpan, maxEventBytes: Int) throws(PipelineError) -> PayloadEvents {
    do { return try PayloadEvents(body, in: self, maxEventBytes: maxEventBytes) } catch { throw .binlog(error) }
  }
}

extension PayloadEvents {
  /// `next`, with the error that stages throw.
  @_lifetime(self: copy self)
  mutating func nextFrame() throws(PipelineError) -> EventFrame? {
    do { return try next() } catch { throw .binlog(error) }
  }
}

extension RowsEvent {
  /// The event's images, with the error that stages throw.
  @_lifetime(copy self)
  package func images(_ table: TablePlan) throws(PipelineError) -> RowCursor {
    do { return try RowCursor(self, table) } catch { throw .binlog(error) }
  }
}

extension PipelineError {
  /// The error of a file that could not be made or written as `error` says.
  static func parquet(_ error: ParquetError) -> PipelineError {
    if case .output(let error) = error { .file(error) } else { .encoding(error) }
  }

  /// The error of an event's body that cannot be read as `error` says.
  static func undecodable(_ error: DecodeError) -> PipelineError {
    .binlog(BinlogError(.decode(error.shifted(by: EventHeader.byteCount))))
  }
}
