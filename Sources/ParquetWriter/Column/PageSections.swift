/// Places where a column may be cut into pages, noted while it is filled.
///
/// A section ends with the first value that brings it to a part of a page's size; pages are made of whole sections.
@usableFromInline
struct PageSections: Sendable {
  /// Where the section that is being filled starts.
  @usableFromInline var start = Mark()
  /// The sections before it.
  private var closed: [PageRange] = []
  private let pageSize: Int
  /// A section ends with the first value that brings it to so many bytes.
  @usableFromInline let sectionSize: Int

  private static let sectionsPerPage = 32
  /// Pages come in multiples of this, so that workers, up to eight, have the same to do.
  private static let pageCountUnit = 8

  /// A place between two rows.
  @usableFromInline
  struct Mark: Sendable {
    @usableFromInline var rows = 0
    @usableFromInline var entries = 0
    @usableFromInline var values = 0
    @usableFromInline var bytes = 0

    @usableFromInline
    init(rows: Int = 0, entries: Int = 0, values: Int = 0, bytes: Int = 0) {
      self.rows = rows
      self.entries = entries
      self.values = values
      self.bytes = bytes
    }
  }

  @usableFromInline
  init(pageSize: Int) {
    self.pageSize = max(1, pageSize)
    sectionSize = max(1, pageSize / Self.sectionsPerPage)
  }

  /// True if a section that ends with `bytes` bytes in the column is large enough.
  @inlinable
  func isFull(_ bytes: Int) -> Bool { bytes &- start.bytes >= sectionSize }

  /// Ends the section.
  @usableFromInline
  mutating func close(at end: Mark) {
    closed.append(section(to: end))
    start = end
  }

  /// The sections up to the `end` of the column, put together to pages of one size each, and that is not much above the page
  /// size but for values that are larger.
  func pages(to end: Mark) -> [PageRange] {
    let size = evenPageSize(end.bytes)
    var pages: [PageRange] = []
    for section in start.rows == end.rows ? closed : closed + [section(to: end)] {
      if let last = pages.last, last.bytes.count < size || section.values.isEmpty {
        pages[pages.count - 1] = last.joined(with: section)
      } else {
        pages.append(section)
      }
    }
    return pages
  }

  mutating func removeAll() {
    closed.removeAll(keepingCapacity: true)
    start = Mark()
  }

  private func section(to end: Mark) -> PageRange {
    PageRange(
      rows: start.rows..<end.rows, entries: start.entries..<end.entries, values: start.values..<end.values,
      bytes: start.bytes..<end.bytes)
  }

  /// The bytes of each page, if all are to have the same, and none more than the page size.
  private func evenPageSize(_ byteCount: Int) -> Int {
    guard byteCount > pageSize else { return pageSize }
    let units = (byteCount - 1) / (pageSize * Self.pageCountUnit) + 1
    return (byteCount - 1) / (units * Self.pageCountUnit) + 1
  }
}
