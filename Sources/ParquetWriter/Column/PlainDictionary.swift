import Bytes

/// Finds the distinct values among byte arrays in PLAIN, up to the place where they become too many.
struct PlainDictionary: ~Copyable {
  /// Bytes of each value; nil where each has its length before it.
  private let width: Int?
  private let sizeLimit: Int
  /// True if the first values tell whether there is hope.
  private let givesUpEarly: Bool
  private var entries = OutputBuffer(capacity: 1024)
  /// Where the bytes of each entry begin in `entries`, and its hash.
  private var starts: [(offset: UInt32, hash: UInt32)] = []
  /// For each hash, the number of an entry plus one; 0 for none.
  private var slots = [UInt32](repeating: 0, count: 1024)
  private var indices: [UInt32] = []

  private init(width: Int?, sizeLimit: Int, givesUpEarly: Bool) {
    self.width = width
    self.sizeLimit = sizeLimit
    self.givesUpEarly = givesUpEarly
  }

  /// The dictionary of the first values of `plain`, as many as it can hold; nil where it does not pay.
  static func make(_ plain: RawSpan, width: Int?, valueCount: Int, sizeLimit: Int) -> ColumnChunkPlan.Dictionary? {
    var dictionary = PlainDictionary(width: width, sizeLimit: sizeLimit, givesUpEarly: true)
    let end = dictionary.fill(plain, valueCount: valueCount)
    return dictionary.byteCount < end ? dictionary.result() : nil
  }

  /// The dictionary of all values of `plain`, each with its length before it; nil without values.
  static func all(_ plain: RawSpan, valueCount: Int) -> ColumnChunkPlan.Dictionary? {
    var dictionary = PlainDictionary(width: nil, sizeLimit: .max, givesUpEarly: false)
    _ = dictionary.fill(plain, valueCount: valueCount)
    return dictionary.starts.isEmpty ? nil : dictionary.result()
  }

  /// Takes values until there are no more, or no room, or no hope.
  ///
  /// - Returns: the bytes of the values taken.
  private mutating func fill(_ plain: RawSpan, valueCount: Int) -> Int {
    indices.reserveCapacity(valueCount)
    let prefix = width == nil ? 4 : 0
    var offset = 0
    while offset < plain.byteCount {
      let length = width ?? plain.plainLength(at: offset)
      let end = offset + prefix + length
      guard take(plain.extracting(offset + prefix..<end), stored: plain.extracting(offset..<end)) else { break }
      offset = end
      guard givesUpEarly, indices.count == DictionaryTrial.valueCount else { continue }
      let mostEntries = min(valueCount, sizeLimit * indices.count / max(1, offset))
      if DictionaryTrial.isHopeless(entryCount: starts.count, mostEntries: mostEntries) { return 0 }
    }
    return offset
  }

  /// False if the value is new and finds no room.
  private mutating func take(_ value: RawSpan, stored: RawSpan) -> Bool {
    let hash = Self.hash(value)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = slots[slot] - 1
      let start = starts[Int(index)]
      if start.hash == hash, entry(at: Int(start.offset), as: value) {
        indices.append(index)
        return true
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard entries.count + stored.byteCount <= sizeLimit else { return false }
    indices.append(UInt32(starts.count))
    starts.append((UInt32(entries.count + stored.byteCount - value.byteCount), hash))
    entries.append(stored)
    slots[slot] = UInt32(starts.count)
    if starts.count * 2 > slots.count { grow() }
    return true
  }

  /// True if the entry at `offset` equals `value`.
  private func entry(at offset: Int, as value: RawSpan) -> Bool {
    let length = width ?? entries.bytes.plainLength(at: offset - 4)
    return length == value.byteCount && entries.bytes.extracting(offset..<offset + length).isEqual(to: value)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, start) in starts.enumerated() {
      var slot = Int(start.hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }

  /// Bytes of the entries and of the indices.
  private var byteCount: Int {
    entries.count + (indices.count * RLEDictionary.bitWidth(entries: starts.count) + 7) / 8
  }

  private consuming func result() -> ColumnChunkPlan.Dictionary {
    ColumnChunkPlan.Dictionary(entries: entries.array, entryCount: starts.count, indices: indices)
  }

  /// Eight bytes at a time, folded by multiplication.
  private static func hash(_ value: RawSpan) -> UInt32 {
    let count = value.byteCount
    var hash = UInt64(truncatingIfNeeded: count)
    if count < 8 {
      if count > 0 { hash = mixed(hash ^ value.bigEndianWord &<< 8) }
      return UInt32(truncatingIfNeeded: hash ^ hash &>> 32)
    }
    var offset = 0
    while count &- offset >= 8 {
      hash = mixed(hash ^ value.word(at: offset))
      offset &+= 8
    }
    // The last word may overlap the one before.
    if offset < count { hash = mixed(hash ^ value.word(at: count &- 8)) }
    return UInt32(truncatingIfNeeded: hash ^ hash &>> 32)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    let product = (word ^ 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}
