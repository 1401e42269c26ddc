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
      let noise = random.bytes(size)
      for page in [noise, [UInt8](repeating: 7, count: size)] {
        // Small values and large ones.
        for values in [0, 1, 7, 100, size] {
          var input = OutputBuffer(copying: page[...])
          var output = OutputBuffer()
          try compressor.compress(&input, valueCount: values, to: &output)
          #expect(try decompress(output.array, codec: Int(compression.codec.rawValue), size: size) == page)
        }
      }
    }
  }

  @Test(arguments: [Compression.gzip(level: 1), .zstd(level: 1)])
  func noiseBeyondOneStepOfOutput(compression: Compression) throws {
    var compressor = try Compressor(compression)
    var random = SeededGenerator(seed: 2)
    let page = random.bytes(1_500_000)
    var input = OutputBuffer(copying: page[...])
    var output = OutputBuffer()
    try compressor.compress(&input, valueCount: 1, to: &output)
    #expect(try decompress(output.array, codec: Int(compression.codec.rawValue), size: page.count) == page)
  }

  @Test(arguments: [Compression.gzip(level: 0), .gzip(level: 10), .zstd(level: 0), .zstd(level: 20)])
  func levelsOutOfRange(compression: Compression) {
    #expect(throws: ParquetError.self) { _ = try RowGroupEncoder(schema: Schema([]), properties: .test(compression)) }
  }
}
