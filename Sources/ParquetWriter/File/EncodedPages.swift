/// Sizes and content of a page that was encoded.
package struct EncodedPage: Sendable {
  /// Type, encoding and count.
  package let content: PageHeader.Content
  /// Bytes of the header.
  package let headerSize: Int
  /// Bytes of the page before compression, without header.
  package let uncompressedSize: Int
  /// Bytes of the page after compression, without header.
  package let compressedSize: Int
}

/// The pages of a column chunk, summed up in the order in which they stand.
package struct EncodedPages: Sendable {
  /// Bytes with headers, before compression.
  package private(set) var uncompressedSize = 0
  /// Bytes with headers, after compression.
  package private(set) var compressedSize = 0
  /// Where the first data page starts.
  package private(set) var firstDataPageOffset: Int
  /// Where the dictionary page starts.
  package private(set) var dictionaryPageOffset: Int?
  /// Bytes of each data page with its header.
  private(set) var dataPageSizes: [Int] = []
  /// Pages by type and encoding.
  package private(set) var encodingStats: [PageEncodingStats] = []

  /// No pages yet; the first one will start at `offset`.
  package init(at offset: Int) {
    firstDataPageOffset = offset
  }

  /// Adds a page at the end. A dictionary page comes first.
  package mutating func append(_ page: EncodedPage) {
    if page.content.pageType == .dictionaryPage {
      dictionaryPageOffset = firstDataPageOffset
      firstDataPageOffset += page.headerSize + page.compressedSize
    } else {
      dataPageSizes.append(page.headerSize + page.compressedSize)
    }
    uncompressedSize += page.headerSize + page.uncompressedSize
    compressedSize += page.headerSize + page.compressedSize
    count(page.content)
  }

  private mutating func count(_ content: PageHeader.Content) {
    let place = encodingStats.firstIndex { $0.pageType == content.pageType && $0.encoding == content.encoding }
    let before = place.map { encodingStats.remove(at: $0).count } ?? 0
    encodingStats.append(
      PageEncodingStats(pageType: content.pageType, encoding: content.encoding, count: before + 1))
  }

  /// All encodings in use, those of the levels included.
  package func encodings(hasLevels: Bool) -> [Encoding] {
    var encodings: [Encoding] = hasLevels ? [.rle] : []
    for stats in encodingStats where !encodings.contains(stats.encoding) { encodings.append(stats.encoding) }
    return encodings
  }
}
