import Bytes
import ParquetWriter
import Platform

/// Files of lines of JSON, each compressed as a whole.
final class JSONLinesFormat: PartFormat {
  private let compressor: StreamCompressor
  /// Bytes on their way into a file.
  private var packed = OutputBuffer(capacity: 1 << 16)

  /// A file that grows.
  final class Content {
    fileprivate let file: any OutputFile
    fileprivate let stream: StreamCompressor.Stream
    fileprivate var rowCount = 0

    fileprivate init(_ file: any OutputFile, _ stream: StreamCompressor.Stream) {
      self.file = file
      self.stream = stream
    }
  }

  /// Files with `compression`.
  init(_ compression: Compression) throws(PipelineError) {
    do { compressor = try StreamCompressor(compression) } catch { throw .encoding(error) }
  }

  func begin(_ file: any OutputFile, isTakenOver: Bool) throws(PipelineError) -> Content {
    packed.removeAll()
    let stream: StreamCompressor.Stream
    do {
      stream = try compressor.begin(&packed)
      if isTakenOver { try compressor.append(Self.blanks(), to: stream, &packed) }
    } catch {
      throw .encoding(error)
    }
    try Self.write(packed, to: file)
    return Content(file, stream)
  }

  func append(_ batch: LineBatch, to content: Content) throws(PipelineError) {
    packed.removeAll(shrinkingTo: LineBatch.fullByteCount * 2)
    do { try compressor.append(batch.bytes, to: content.stream, &packed) } catch { throw .encoding(error) }
    try Self.write(packed, to: content.file)
    content.rowCount += batch.rowCount
  }

  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> CompletedFile {
    packed.removeAll()
    do { try compressor.finish(content.stream, &packed) } catch { throw .encoding(error) }
    try Self.write(packed, to: content.file)
    return CompletedFile(rows: content.rowCount)
  }

  func byteCountInMemory(of content: Content) -> Int { content.stream.byteCountInMemory }

  private static func write(_ bytes: borrowing OutputBuffer, to file: any OutputFile) throws(PipelineError) {
    do { try file.write(bytes.bytes) } catch { throw .file(error) }
  }

  /// White space that nobody else has, which means nothing to any reader of JSON: what tells a file from one with the same rows.
  private static func blanks() -> OutputBuffer {
    var blanks = OutputBuffer(capacity: 64)
    let number = UInt64.random(in: .min ... .max)
    for bit in 0..<64 { blanks.append(number >> UInt64(bit) & 1 == 0 ? UInt8(ascii: " ") : UInt8(ascii: "\t")) }
    return blanks
  }

  /// The bytes of a file without rows, different each time.
  static func blankFile(_ compression: Compression) -> [UInt8] {
    var bytes = OutputBuffer(capacity: 256)
    do throws(ParquetError) {
      let compressor = try StreamCompressor(compression)
      let stream = try compressor.begin(&bytes)
      try compressor.append(blanks(), to: stream, &bytes)
      try compressor.finish(stream, &bytes)
    } catch {
      // A file as the store had it without compression: no reader takes it for rows either.
      return blanks().array
    }
    return bytes.array
  }
}

extension FileFormat {
  /// A line of JSON for each row; the files are compressed as a whole.
  public static func jsonLines(_ settings: JSONLinesSettings, _ compression: Compression) -> FileFormat {
    let nameEnding =
      switch compression {
      case .none: ".jsonl"
      case .gzip: ".jsonl.gz"
      case .zstd: ".jsonl.zst"
      }
    return FileFormat(nameEnding: nameEnding, blank: { JSONLinesFormat.blankFile(compression) }) {
      _ throws(PipelineError) in
      try JSONLinesFormat(compression)
    } writer: { _ in
      JSONLinesWriter(settings)
    }
  }
}
