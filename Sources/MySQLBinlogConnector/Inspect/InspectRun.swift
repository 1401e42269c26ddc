import BinlogParser
import Bytes
import Pipeline
import Platform

/// One run of `inspect`.
struct InspectRun: ~Copyable {
  private let arguments: InspectArguments
  private var lister = EventLister()
  private var output = OutputBuffer(capacity: flushByteCount * 2)
  private static let flushByteCount = 64 * 1024

  init(_ arguments: InspectArguments) { self.arguments = arguments }

  /// Prints what each file holds; a file with an error ends there, and the others follow.
  ///
  /// Returns the exit code of the first error, or success.
  static func run(_ arguments: InspectArguments) -> ExitCode {
    var code = ExitCode.success
    for path in arguments.paths {
      var run = InspectRun(arguments)
      do {
        try run.inspect(path)
      } catch {
        if case .pipeline(.outputClosed, _) = error { return code }
        let failure = error.report()
        if code == .success { code = failure }
      }
    }
    return code
  }
}

extension InspectRun {
  /// Reads the file at `path` to its end, or to the first error, and prints what was read in either case.
  private mutating func inspect(_ path: String) throws(RunError) {
    let reader: BinlogFileReader
    do { reader = try BinlogFileReader(path, maxEventBytes: Int(UInt32.max)) } catch {
      throw RunError(opening: error, path)
    }
    var summary = BinlogSummary()
    var failure: RunError?
    var cut: BinlogFileProblem?
    do {
      cut = try read(reader, &summary)
    } catch {
      failure = error
    }
    summary.finish()
    if !arguments.listsEvents {
      let facts = InspectedFile(
        path: path, byteCount: reader.byteCount, isUnclosed: reader.isUnclosed, cut: cut.map { "\($0)" },
        error: failure.map { "\($0.whatAndWhere)" })
      let report = InspectReport(file: facts, summary: summary, tellsChecksums: arguments.tellsChecksums)
      output.append(arguments.isJSON ? report.json : report.text)
    } else if arguments.tellsChecksums, !arguments.isJSON {
      output.append("# \(reader.name): \(summary.verifiedChecksums) checksums match\n")
    }
    try flush()
    if let failure { throw failure }
    if let cut { Self.warn("\(reader.name):\(reader.position): \(cut); the file was not closed") }
  }

  /// Reads all events; returns what is missing of the last one of an unclosed file.
  private mutating func read(
    _ reader: BinlogFileReader, _ summary: inout BinlogSummary
  ) throws(RunError) -> BinlogFileProblem? {
    var stream = EventFramer(ofFileAt: BinlogPosition(file: reader.name, offset: reader.position))
    var chunk = EventChunk(file: reader.name)
    var next = 0
    while true {
      let step: BinlogFileReader.Step
      do { step = try reader.next(&chunk.bytes, at: next) } catch { throw RunError(error) }
      switch step {
      case .end: return nil
      case .cut(let problem):
        guard reader.isUnclosed else { throw RunError(reader.problem(problem)) }
        return problem
      case .event(let offset, let count):
        try take(chunk, offset, count, &stream, &summary)
        next = offset + count
      }
      guard !reader.hasWholeEvent(chunk.bytes, at: next) else { continue }
      let rest = EventChunk(file: reader.name)
      chunk.moveTail(from: next, to: rest)
      chunk = rest
      next = 0
      if output.count >= Self.flushByteCount { try flush() }
    }
  }

  private mutating func take(
    _ chunk: EventChunk, _ offset: Int, _ count: Int, _ stream: inout EventFramer, _ summary: inout BinlogSummary
  ) throws(RunError) {
    let frame: EventFrame
    do {
      frame = try chunk.frame(at: offset, count: count, &stream)
      try Self.add(chunk.bytes, frame, stream.position.file, &summary)
    } catch {
      throw .binlog(error)
    }
    if arguments.listsEvents { try list(chunk.bytes, frame, stream.position.file, summary.format) }
  }

  /// Lists the event, and those in it if it is a TRANSACTION_PAYLOAD.
  private mutating func list(
    _ bytes: borrowing OutputBuffer, _ frame: EventFrame, _ file: String, _ format: FormatDescriptionEvent?
  ) throws(RunError) {
    let body = frame.body(in: bytes.bytes)
    try append(frame, body, file, format, isInPayload: false)
    if frame.header.type == .transactionPayload { try listPayload(body, frame, file, format) }
  }

  private mutating func listPayload(
    _ body: RawSpan, _ frame: EventFrame, _ file: String, _ format: FormatDescriptionEvent?
  ) throws(RunError) {
    var events = try Self.payloadEvents(body, frame)
    while let inner = try Self.next(&events) {
      try append(inner, inner.body(in: events.bytes), file, format, isInPayload: true)
    }
  }

  @_lifetime(events: copy events)
  private static func next(_ events: inout PayloadEvents) throws(RunError) -> EventFrame? {
    do { return try events.next() } catch { throw .binlog(error) }
  }

  @_lifetime(copy body)
  private static func payloadEvents(_ body: RawSpan, _ frame: EventFrame) throws(RunError) -> PayloadEvents {
    do { return try PayloadEvents(body, in: frame) } catch { throw .binlog(error) }
  }

  private mutating func append(
    _ frame: EventFrame, _ body: RawSpan, _ file: String, _ format: FormatDescriptionEvent?, isInPayload: Bool
  ) throws(RunError) {
    var line = try line(frame, body, file, format, isInPayload: isInPayload)
    try line.write(asJSON: arguments.isJSON, to: &output) { out throws(RunError) in
      if out.count >= Self.flushByteCount { try Self.flush(&out) }
    }
  }

  @_lifetime(copy body)
  private mutating func line(
    _ frame: EventFrame, _ body: RawSpan, _ file: String, _ format: FormatDescriptionEvent?, isInPayload: Bool
  ) throws(RunError) -> EventLine {
    do { return try lister.line(frame, body, file: file, format: format, isInPayload: isInPayload) } catch {
      throw .binlog(error)
    }
  }

  private static func add(
    _ bytes: borrowing OutputBuffer, _ frame: EventFrame, _ file: String, _ summary: inout BinlogSummary
  ) throws(BinlogError) {
    try summary.add(frame, frame.body(in: bytes.bytes), file: file)
  }

  private mutating func flush() throws(RunError) { try Self.flush(&output) }

  private static func flush(_ output: inout OutputBuffer) throws(RunError) {
    do { try StandardOutput().write(output.bytes) } catch {
      let place = BinlogPosition(file: "", offset: 0)
      throw .pipeline(error.isBrokenPipe ? .outputClosed : .output(error), reached: place)
    }
    output.removeAll(shrinkingTo: flushByteCount * 2)
  }

  private static func warn(_ text: String) { FinalMessage.write(LogLine.escaped("warning: \(text)")) }
}
