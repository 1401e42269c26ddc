import Bytes
import CZstd
import ParquetWriter
import TestSupport
import Testing

/// Whole files that are compressed piece by piece.
@Suite struct StreamCompressorTests {
  private static let compressions: [Compression] = [.none, .gzip(level: 6), .zstd(level: 3)]

  /// Pieces that compress well and badly, none and many bytes among them.
  private static func pieces(_ seed: UInt64) -> [[UInt8]] {
    var random = SeededGenerator(seed: seed)
    return [0, 1, 100, 70_000, 0, 1 << 20].map { count in
      count.isMultiple(of: 100) ? [UInt8](repeating: UInt8(count % 251), count: count) : random.bytes(count)
    }
  }

  private static func append(
    _ piece: [UInt8], to stream: StreamCompressor.Stream, _ compressor: StreamCompressor, _ output: inout OutputBuffer
  ) throws {
    try compressor.append(OutputBuffer(copying: piece[...]), to: stream, &output)
  }

  /// The file that `stored` is, which has `size` bytes; throws where it is no whole one.
  private static func expand(_ stored: [UInt8], _ compression: Compression, size: Int) throws -> [UInt8] {
    guard case .zstd = compression else {
      return try decompress(stored, codec: Int(compression.codec.rawValue), size: size)
    }
    var body = [UInt8](repeating: 0, count: size)
    let result = unsafe ZSTD_decompress(&body, body.count, stored, stored.count)
    try #require(ZSTD_isError(result) == 0 && result == size)
    return body
  }

  @Test(arguments: compressions)
  func piecesComeBack(_ compression: Compression) throws {
    let pieces = Self.pieces(1)
    let compressor = try StreamCompressor(compression)
    var output = OutputBuffer(capacity: 0)
    let stream = try compressor.begin(&output)
    for piece in pieces { try Self.append(piece, to: stream, compressor, &output) }
    try compressor.finish(stream, &output)
    let whole = pieces.flatMap(\.self)
    #expect(try Self.expand(output.bytes.array, compression, size: whole.count) == whole)
    #expect(compression == .none || output.count < whole.count)
  }

  /// Files that grow side by side share a compressor, and nothing else.
  @Test(arguments: compressions)
  func filesDoNotMix(_ compression: Compression) throws {
    let compressor = try StreamCompressor(compression)
    let pieces = [Self.pieces(2), Self.pieces(3)]
    var first = OutputBuffer(capacity: 0)
    var second = OutputBuffer(capacity: 0)
    let streams = [try compressor.begin(&first), try compressor.begin(&second)]
    for number in pieces[0].indices {
      try Self.append(pieces[0][number], to: streams[0], compressor, &first)
      try Self.append(pieces[1][number], to: streams[1], compressor, &second)
    }
    try compressor.finish(streams[0], &first)
    try compressor.finish(streams[1], &second)
    let wholes = pieces.map { $0.flatMap(\.self) }
    #expect(try Self.expand(first.bytes.array, compression, size: wholes[0].count) == wholes[0])
    #expect(try Self.expand(second.bytes.array, compression, size: wholes[1].count) == wholes[1])
  }

  /// A file without rows is one of its form, too.
  @Test(arguments: compressions)
  func anEmptyFileIsWhole(_ compression: Compression) throws {
    let compressor = try StreamCompressor(compression)
    var output = OutputBuffer(capacity: 0)
    try compressor.finish(try compressor.begin(&output), &output)
    #expect(try Self.expand(output.bytes.array, compression, size: 0) == [])
    #expect(output.isEmpty == (compression == .none))
  }
}
