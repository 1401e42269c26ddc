// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `PageEncodingStats`: how many pages of one type and encoding a column chunk has.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | page_type | i32 PageType |
/// | 2 | encoding | i32 Encoding |
/// | 3 | count | i32 |
package struct PageEncodingStats: ThriftStruct, Sendable {
  package let pageType: PageType
  package let encoding: Encoding
  package let count: Int32

  package func writeFields(to writer: inout CompactProtocolWriter) {
    writer.field(1, pageType)
    writer.field(2, encoding)
    writer.field(3, count)
  }
}
