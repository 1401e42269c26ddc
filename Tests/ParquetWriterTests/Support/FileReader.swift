import Bytes
import CZlib
import CZstd
import Foundation
import ParquetWriter
import Testing

/// A value in a column, for the tests.
enum Cell: Equatable {
  case null
  case int32(Int32)
  case int64(Int64)
  case float(UInt32)
  case double(UInt64)
  case boolean(Bool)
  case bytes([UInt8])
}

/// A column as the tests read it from the schema.
struct LeafShape: Equatable {
  var path: [String] = []
  var maxDefinition = 0
  var maxRepetition = 0
  var width: Int?
}

/// An entry of a column: its levels, and its value or null.
struct Entry: Equatable {
  let repetition: Int
  let definition: Int
  let cell: Cell
}

/// A Parquet file as the tests read it: the whole file in memory, every page checked.
struct FileReader {
  let bytes: [UInt8]
  let footer: ThriftValue

  init(path: String) throws {
    bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(bytes.count >= 12)
    #expect(Array(bytes.prefix(4)) == Array("PAR1".utf8))
    #expect(Array(bytes.suffix(4)) == Array("PAR1".utf8))
    let length = bytes[(bytes.count - 8)..<(bytes.count - 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    try #require(length <= bytes.count - 12)
    let input = OutputBuffer(copying: bytes[(bytes.count - 8 - length)..<(bytes.count - 8)])
    var cursor = ByteCursor(input.bytes)
    footer = try ThriftValue.readStruct(&cursor)
    try cursor.expectEnd("input")
  }

  var rowGroups: [ThriftValue] { footer[4]?.list ?? [] }
  var rowCount: Int? { footer[3]?.integer }

  /// `ColumnMetaData` of a column chunk.
  func metaData(rowGroup: Int, column: Int) throws -> ThriftValue {
    try #require(rowGroups[rowGroup][1]?.list?[column][3])
  }

  /// The columns of the schema tree, depth first.
  func leaves() throws -> [LeafShape] {
    let elements = try #require(footer[2]?.list)
    var next = 0
    var leaves: [LeafShape] = []
    func read(_ parent: LeafShape, isRoot: Bool = false) throws {
      try #require(next < elements.count)
      let element = elements[next]
      next += 1
      var shape = parent
      if !isRoot {
        shape.path.append(try #require(element[4]?.string))
        let repetition = try #require(element[3]?.integer)
        if repetition > 0 { shape.maxDefinition += 1 }
        if repetition == 2 { shape.maxRepetition += 1 }
      }
      if let count = element[5]?.integer {
        for _ in 0..<count { try read(shape) }
      } else {
        shape.width = element[2]?.integer
        leaves.append(shape)
      }
    }
    try read(LeafShape(), isRoot: true)
    #expect(next == elements.count)
    return leaves
  }

  /// All cells of a column chunk.
  func cells(rowGroup: Int, column: Int) throws -> [Cell] {
    try entries(rowGroup: rowGroup, column: column).map(\.cell)
  }

  /// All entries of a column chunk.
  func entries(rowGroup: Int, column: Int) throws -> [Entry] {
    let pages = try pages(rowGroup: rowGroup, column: column)
    let leaf = try leaves()[column]
    let metaData = try metaData(rowGroup: rowGroup, column: column)
    #expect(metaData[3]?.list?.map(\.string) == leaf.path)
    var dictionary: [Cell] = []
    var entries: [Entry] = []
    for page in pages {
      if let header = page.header[7] {
        let count = try #require(header[1]?.integer)
        dictionary = try values(page.body, type: page.type, leaf, encoding: 0, count: count, [])
      } else {
        entries += try dataPage(page, header: try #require(page.header[5]), leaf, dictionary: dictionary)
      }
    }
    #expect(metaData[5]?.integer == entries.count)
    let nullCount = entries.count { $0.definition < leaf.maxDefinition }
    #expect(metaData[12]?[3]?.integer == nullCount)
    return entries
  }

  /// A struct that stands by itself at `range` of the file.
  func structure(at range: Range<Int>) throws -> ThriftValue {
    let input = OutputBuffer(copying: bytes[range])
    var cursor = ByteCursor(input.bytes)
    let value = try ThriftValue.readStruct(&cursor)
    try cursor.expectEnd("struct")
    return value
  }

  /// The struct whose place the fields `id` and `id + 1` of a column chunk tell.
  func pageIndex(_ id: Int, rowGroup: Int, column: Int) throws -> ThriftValue? {
    let chunk = try #require(rowGroups[rowGroup][1]?.list?[column])
    guard let offset = chunk[id]?.integer, let length = chunk[id + 1]?.integer else { return nil }
    return try structure(at: offset..<offset + length)
  }

  /// A page, decompressed.
  struct Page {
    let offset: Int
    let size: Int
    let type: Int
    let header: ThriftValue
    let body: [UInt8]
  }

  /// The pages of a column chunk, whose sizes, offsets and checksums must agree.
  func pages(rowGroup: Int, column: Int) throws -> [Page] {
    let metaData = try metaData(rowGroup: rowGroup, column: column)
    let start = try #require(metaData[11]?.integer ?? metaData[9]?.integer)
    let end = start + (try #require(metaData[7]?.integer))
    let type = try #require(metaData[1]?.integer)
    var pages: [Page] = []
    var uncompressedSize = 0
    let input = OutputBuffer(copying: bytes[start..<end])
    var cursor = ByteCursor(input.bytes)
    while !cursor.isAtEnd {
      let offset = cursor.offset
      let header = try ThriftValue.readStruct(&cursor)
      uncompressedSize += cursor.offset - offset
      if header[5] != nil, !pages.contains(where: { $0.header[5] != nil }) {
        #expect(metaData[9]?.integer == start + offset)
      }
      let headerEnd = cursor.offset
      let stored = OutputBuffer(copying: try cursor.bytes(try #require(header[3]?.integer), "page").array[...])
      #expect(header[4]?.integer == Int(Int32(bitPattern: CRC32.checksum(of: stored.bytes))))
      let size = try #require(header[2]?.integer)
      let body = try decompress(stored.array, codec: try #require(metaData[4]?.integer), size: size)
      #expect(body.count == size)
      uncompressedSize += size
      pages.append(
        Page(
          offset: start + offset, size: headerEnd - offset + stored.count, type: type, header: header, body: body))
    }
    #expect(metaData[6]?.integer == uncompressedSize)
    return pages
  }

  private func dataPage(
    _ page: Page, header: ThriftValue, _ leaf: LeafShape, dictionary: [Cell]
  ) throws -> [Entry] {
    let count = try #require(header[1]?.integer)
    let input = OutputBuffer(copying: page.body[...])
    var cursor = ByteCursor(input.bytes)
    let repetition = try levels(&cursor, upTo: leaf.maxRepetition, count: count)
    let definition = try levels(&cursor, upTo: leaf.maxDefinition, count: count)
    // A page begins with a row.
    #expect(repetition.first ?? 0 == 0)
    let valueCount = definition.count { $0 == leaf.maxDefinition }
    let body = Array(page.body.dropFirst(cursor.offset))
    let encoding = try #require(header[2]?.integer)
    var values = try values(body, type: page.type, leaf, encoding: encoding, count: valueCount, dictionary)[...]
    return zip(repetition, definition).map { repetition, definition in
      let cell = definition == leaf.maxDefinition ? values.removeFirst() : .null
      return Entry(repetition: repetition, definition: definition, cell: cell)
    }
  }

  private func levels(_ cursor: inout ByteCursor, upTo largest: Int, count: Int) throws -> [Int] {
    guard largest > 0 else { return [Int](repeating: 0, count: count) }
    let length = Int(try cursor.uint32("length"))
    let start = cursor.offset
    let bitWidth = Int.bitWidth - largest.leadingZeroBitCount
    let levels = try readHybrid(&cursor, bitWidth: bitWidth, count: count).map { Int($0) }
    #expect(cursor.offset == start + length)
    return levels
  }

  private func values(
    _ body: [UInt8], type: Int, _ leaf: LeafShape, encoding: Int, count: Int, _ dictionary: [Cell]
  ) throws -> [Cell] {
    let input = OutputBuffer(copying: body[...])
    var cursor = ByteCursor(input.bytes)
    var cells: [Cell] = []
    switch encoding {
    case 8:
      let bitWidth = Int(try cursor.uint8("bit width"))
      cells = try readHybrid(&cursor, bitWidth: bitWidth, count: count).map { dictionary[Int($0)] }
    case 5:
      cells = try readDelta(&cursor, is32Bit: type == 1).map { type == 1 ? .int32(Int32($0)) : .int64($0) }
    case 0 where type == 0:
      let bits = try readBitPacked(&cursor, bitWidth: 1, count: count)
      cells = bits.map { .boolean($0 == 1) }
    default:
      for _ in 0..<count {
        switch type {
        case 1: cells.append(.int32(Int32(bitPattern: try cursor.uint32("value"))))
        case 2: cells.append(.int64(Int64(bitPattern: try cursor.uint64("value"))))
        case 4: cells.append(.float(try cursor.uint32("value")))
        case 7: cells.append(.bytes(try cursor.bytes(try #require(leaf.width), "value").array))
        case 5: cells.append(.double(try cursor.uint64("value")))
        default:
          let length = Int(try cursor.uint32("length"))
          cells.append(.bytes(try cursor.bytes(length, "value").array))
        }
      }
    }
    try cursor.expectEnd("input")
    #expect(cells.count == count)
    return cells
  }
}

/// Undoes a codec. The stored bytes must be one complete gzip member or zstd frame.
func decompress(_ stored: [UInt8], codec: Int, size: Int) throws -> [UInt8] {
  switch codec {
  case 2: return try inflateOneMember(stored, size: size)
  case 6:
    var body = [UInt8](repeating: 0, count: size)
    let result = unsafe ZSTD_decompress(&body, body.count, stored, stored.count)
    try #require(ZSTD_isError(result) == 0 && result == size)
    #expect(unsafe ZSTD_getFrameContentSize(stored, stored.count) == UInt64(size))
    return body
  default: return stored
  }
}

private func inflateOneMember(_ stored: [UInt8], size: Int) throws -> [UInt8] {
  var stored = stored
  var body = [UInt8](repeating: 0, count: size + 1)
  var stream = unsafe z_stream()
  try #require(
    unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
  defer { unsafe inflateEnd(&stream) }
  let status = unsafe stored.withUnsafeMutableBufferPointer { input in
    unsafe body.withUnsafeMutableBufferPointer { output in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      return unsafe inflate(&stream, Z_FINISH)
    }
  }
  #expect(status == Z_STREAM_END)
  #expect(unsafe stream.avail_in == 0)
  return Array(body.prefix(Int(unsafe stream.total_out)))
}

extension OutputBuffer {
  /// A buffer with a copy of `bytes`.
  init(copying bytes: ArraySlice<UInt8>) {
    self.init(capacity: bytes.count)
    append(contentsOf: Array(bytes))
  }
}
