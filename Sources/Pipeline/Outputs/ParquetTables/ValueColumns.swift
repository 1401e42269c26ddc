import BasicContainers
import ParquetWriter

/// The values of a table's columns, with the rows of one row group: columns of one storage beside each other, so that a value finds
/// its own without a look at what others are.
struct ValueColumns: ~Copyable {
  /// Place of a column among those of its storage.
  struct Slot: Sendable, BitwiseCopyable {
    let storage: Storage
    let index: Int
  }

  /// Storage of a dataset's type.
  enum Storage: UInt8, Sendable, BitwiseCopyable {
    case booleans, int32s, int64s, int128s, floats, doubles, bytes, lists
  }

  /// The columns in the order of the schema.
  let slots: ContiguousArray<Slot>
  var booleans = UniqueArray<BooleanColumn>()
  var int32s = UniqueArray<Int32Column>()
  var int64s = UniqueArray<Int64Column>()
  var int128s = UniqueArray<FixedByteArrayColumn>()
  var floats = UniqueArray<NumericColumn<Float>>()
  var doubles = UniqueArray<DoubleColumn>()
  var bytes = UniqueArray<ByteArrayColumn>()
  var lists = UniqueArray<ListColumn<Float>>()

  /// Thousands of tables have a row or two.
  private static let rowCapacity = 16
  private static let valueByteCount = 8
  private static let int128Width = 16

  /// Columns of `types` without rows.
  init(_ types: [DatasetType]) {
    var slots = ContiguousArray<Slot>()
    for type in types {
      let storage = Storage(type)
      let capacity = Self.rowCapacity
      switch storage {
      case .booleans:
        slots.append(Slot(storage: storage, index: booleans.count))
        booleans.append(BooleanColumn(capacity: capacity))
      case .int32s:
        slots.append(Slot(storage: storage, index: int32s.count))
        int32s.append(Int32Column(capacity: capacity))
      case .int64s:
        slots.append(Slot(storage: storage, index: int64s.count))
        int64s.append(Int64Column(capacity: capacity))
      case .int128s:
        slots.append(Slot(storage: storage, index: int128s.count))
        int128s.append(FixedByteArrayColumn(width: Self.int128Width, capacity: capacity))
      case .floats:
        slots.append(Slot(storage: storage, index: floats.count))
        floats.append(NumericColumn<Float>(capacity: capacity))
      case .doubles:
        slots.append(Slot(storage: storage, index: doubles.count))
        doubles.append(DoubleColumn(capacity: capacity))
      case .bytes:
        slots.append(Slot(storage: storage, index: bytes.count))
        bytes.append(ByteArrayColumn(capacity: capacity * Self.valueByteCount))
      case .lists:
        slots.append(Slot(storage: storage, index: lists.count))
        lists.append(ListColumn<Float>(capacity: capacity))
      }
    }
    self.slots = slots
  }

  /// Adds a null to a column.
  mutating func appendNull(_ slot: Slot) {
    let index = slot.index
    switch slot.storage {
    case .booleans: booleans[index].appendNull()
    case .int32s: int32s[index].appendNull()
    case .int64s: int64s[index].appendNull()
    case .int128s: int128s[index].appendNull()
    case .floats: floats[index].appendNull()
    case .doubles: doubles[index].appendNull()
    case .bytes: bytes[index].appendNull()
    case .lists: lists[index].appendNull()
    }
  }

  /// Bytes of the values of a row that have one length.
  var fixedRowByteCount: Int {
    booleans.count + int32s.count * 4 + int64s.count * 8 + int128s.count * Self.int128Width + floats.count * 4
      + doubles.count * 8
  }

  /// Bytes of the values that can be of any length.
  var byteCount: Int {
    var count = 0
    for index in bytes.indices { count += Self.byteCount(bytes[index]) }
    for index in lists.indices { count += Self.byteCount(lists[index]) }
    return count
  }

  // Swift 6.2 reads no property of an element in place.
  private static func byteCount(_ column: borrowing ByteArrayColumn) -> Int { column.byteCount }
  private static func byteCount(_ column: borrowing ListColumn<Float>) -> Int { column.byteCount }

  /// Forgets all rows; the memory stays.
  mutating func removeAll() {
    for index in booleans.indices { booleans[index].removeAll() }
    for index in int32s.indices { int32s[index].removeAll() }
    for index in int64s.indices { int64s[index].removeAll() }
    for index in int128s.indices { int128s[index].removeAll() }
    for index in floats.indices { floats[index].removeAll() }
    for index in doubles.indices { doubles[index].removeAll() }
    for index in bytes.indices { bytes[index].removeAll() }
    for index in lists.indices { lists[index].removeAll() }
  }

  /// Shows the columns in the order of the schema.
  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    for slot in slots {
      let index = slot.index
      switch slot.storage {
      case .booleans: try receiver.append(booleans[index])
      case .int32s: try receiver.append(int32s[index])
      case .int64s: try receiver.append(int64s[index])
      case .int128s: try receiver.append(int128s[index])
      case .floats: try receiver.append(floats[index])
      case .doubles: try receiver.append(doubles[index])
      case .bytes: try receiver.append(bytes[index])
      case .lists: try receiver.append(lists[index])
      }
    }
  }
}

extension ValueColumns.Storage {
  /// The storage of values of `type`.
  init(_ type: DatasetType) {
    switch type {
    case .boolean: self = .booleans
    case .date: self = .int32s
    case .int64, .decimal64, .dateTime, .timestamp: self = .int64s
    case .decimal128: self = .int128s
    case .float: self = .floats
    case .double: self = .doubles
    case .string, .binary: self = .bytes
    case .floats: self = .lists
    }
  }
}
