// https://github.com/apache/parquet-format/blob/master/README.md#data-pages

/// `PageType`: what follows a page header.
package enum PageType: Int32, Sendable {
  case dataPage = 0
  case dictionaryPage = 2
}

/// `PageHeader`: stands before every page.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | type | i32 PageType |
/// | 2 | uncompressed_page_size | i32, without this header |
/// | 3 | compressed_page_size | i32, without this header |
/// | 4 | crc | i32: CRC-32 of the page as stored, without this header |
/// | 5 | data_page_header | struct |
/// | 7 | dictionary_page_header | struct |
package struct PageHeader: ThriftStruct, Sendable {
  /// What the page holds.
  package enum Content: Sendable {
    /// Values of the column.
    case data(DataPageHeader)
    /// The distinct values of the column chunk.
    case dictionary(DictionaryPageHeader)
  }

  package let content: Content
  package let uncompressedSize: Int32
  package let compressedSize: Int32
  package let crc: UInt32

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, content.pageType)
    writer.field(2, uncompressedSize)
    writer.field(3, compressedSize)
    writer.field(4, Int32(bitPattern: crc))
    switch content {
    case .data(let header): writer.field(5, header)
    case .dictionary(let header): writer.field(7, header)
    }
  }
}

extension PageHeader.Content {
  /// The page type that goes with the content.
  package var pageType: PageType {
    switch self {
    case .data: .dataPage
    case .dictionary: .dictionaryPage
    }
  }

  /// How the values of the page are encoded.
  package var encoding: Encoding {
    switch self {
    case .data(let header): header.encoding
    case .dictionary: .plain
    }
  }
}

/// `DataPageHeader`: a data page of version 1.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | num_values | i32, nulls included |
/// | 2 | encoding | i32 Encoding |
/// | 3 | definition_level_encoding | i32 Encoding, always RLE |
/// | 4 | repetition_level_encoding | i32 Encoding, always RLE |
package struct DataPageHeader: ThriftStruct, Sendable {
  package let valueCount: Int32
  package let encoding: Encoding

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, valueCount)
    writer.field(2, encoding)
    writer.field(3, Encoding.rle)
    writer.field(4, Encoding.rle)
  }
}

/// `DictionaryPageHeader`.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | num_values | i32 |
/// | 2 | encoding | i32 Encoding, always PLAIN |
package struct DictionaryPageHeader: ThriftStruct, Sendable {
  package let valueCount: Int32

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, valueCount)
    writer.field(2, Encoding.plain)
  }
}
