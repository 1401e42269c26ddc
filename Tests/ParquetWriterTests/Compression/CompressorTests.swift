import Bytes
import ParquetWriter
import TestSupport
import Testing

@Suite struct CompressorTests {
  static let all: [Compression] =
    [.none] + Compression.gzipLevels.map { .gzip(level: $0) } + Compression.zstdLevels.map { .zstd(level: $0) }

  @Test(arguments: all) func oneCompressorServesManyPages(compression: Compression) throws {
    var compressor = try Compressor(compression)
    var random = SeededGenerator(seed: 1)
    for size in [0, 1, 100, 70_000, 0, 3000] {
      for page in [random.bytes(size), [UInt8](repeating: 7, count: size)] {
        // All in the first part, in the second, and in both; large values and small ones, which get windows of their own.
        for (split, values) in [(0, 0), (size, size), (size / 2, 100), (size / 3, 7), (1, 1)] where split <= size {
          #expect(try compressor.givesBack(page, split: split, values: values, compression))
        }
      }
    }
  }

  @Test(arguments: [Compression.gzip(level: 1), .zstd(level: 1)])
  func noiseBeyondOneStepOfOutput(compression: Compression) throws {
    var compressor = try Compressor(compression)
    var random = SeededGenerator(seed: 2)
    let page = random.bytes(2_500_000)
    for split in [0, 5, 1_250_000, page.count] {
      #expect(try compressor.givesBack(page, split: split, values: 1, compression))
    }
  }

  @Test(arguments: [Compression.gzip(level: 0), .gzip(level: 10), .zstd(level: 0), .zstd(level: 20)])
  func levelsOutOfRange(compression: Compression) {
    #expect(throws: ParquetError.self) { _ = try RowGroupEncoder(properties: .test(compression)) }
  }
}

extension Compressor {
  /// True if `page`, compressed in two parts, comes back the same.
  fileprivate mutating func givesBack(
    _ page: [UInt8], split: Int, values: Int, _ compression: Compression
  ) throws -> Bool {
    var input = OutputBuffer(copying: page[..<split])
    var output = OutputBuffer()
    let tail = Array(page[split...])
    output.append(try compress(&input, tail.bytes, valueCount: values, to: &output))
    return try decompress(output.array, codec: Int(compression.codec.rawValue), size: page.count) == page
  }
}
