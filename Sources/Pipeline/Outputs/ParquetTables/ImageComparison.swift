import BinlogParser
import Bytes

/// From which of its images a row's values are taken.
enum RowImage: UInt8 {
  case before, after
  /// The after image, and what it lacks from the before image: an update leaves that as it is.
  case merged
}

/// The images of one row beside each other: what changed, and what neither holds.
struct ImageComparison: ~Copyable {
  /// Old values that `_cdc_before` is to hold.
  let beforeImages: BeforeImages
  /// Places of the values of the last row that was measured.
  private(set) var before = ImageLayout()
  private(set) var after = ImageLayout()
  private var writer = ImageWriter<JSONValue>(capacity: 16)
  /// The lists of absent columns of the event's rows, which are all the same, by the images that lack them.
  private var absentColumns: [RowImage: [UInt8]] = [:]

  /// A comparison for `beforeImages`.
  init(_ beforeImages: BeforeImages) { self.beforeImages = beforeImages }

  /// Begins an event.
  mutating func begin() { absentColumns.removeAll(keepingCapacity: true) }

  /// Measures the next row of `images`.
  mutating func measure(_ images: inout RowCursor) throws(BinlogError) {
    try images.measureRow(&before, &after)
  }

  /// The image that holds the column's value for `image`: `before` or `after`; nil where it is absent.
  func holder(of index: Int, _ image: RowImage) -> RowImage? {
    if image != .before, after.state(index) != .absent { return .after }
    if image != .after, before.state(index) != .absent { return .before }
    return nil
  }

  /// Says whether a column has other bytes in the after image. One that either image lacks is as it was.
  private func differs(_ index: Int, _ images: borrowing RowCursor) -> Bool {
    before.state(index) != .absent && after.state(index) != .absent && images.differs(index, before, after)
  }

  /// Says whether an update gives the row another key.
  func isKeyChange(_ images: borrowing RowCursor, _ key: [Int]) -> Bool {
    for index in key where differs(index, images) { return true }
    return false
  }

  /// The list of the columns that are absent from `image`, as JSON; empty for none.
  mutating func absent(from image: RowImage, _ layout: TableLayout) -> [UInt8] {
    if let list = absentColumns[image] { return list }
    var list: [UInt8] = []
    for index in layout.columns.indices where holder(of: index, image) == nil {
      list.append(list.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
      list += layout.jsonKeys[index].dropFirst().dropLast()
    }
    if !list.isEmpty { list.append(UInt8(ascii: "]")) }
    absentColumns[image] = list
    return list
  }

  /// Appends the old values as a JSON object: those that changed, or all.
  mutating func appendBefore(
    _ images: inout RowCursor, _ layout: TableLayout, to buffer: inout OutputBuffer
  ) throws(BinlogError) {
    swap(&buffer, &writer.buffer)
    defer { swap(&buffer, &writer.buffer) }
    let start = writer.buffer.count
    for index in layout.columns.indices where before.state(index) != .absent {
      guard beforeImages == .full || differs(index, images) else { continue }
      writer.buffer.append(contentsOf: layout.jsonKeys[index])
      try images.visit(index, before, &writer)
    }
    JSONValue.end(from: start, &writer.buffer)
  }
}

/// Values as JSON images have them, whose keys are written by others.
private enum JSONValue: JSONStyle {
  static func key(_ index: Int, _ table: TablePlan, _ buffer: inout OutputBuffer) {}
}
