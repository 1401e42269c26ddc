import Bytes

/// The keys of the last small object, and their text: the documents of a column are often of one make.
///
/// Two comparisons of bytes then stand for a look at each key.
public struct JSONKeys: ~Copyable, Sendable {
  /// The object's key entries, and the keys behind its tables, without gaps and in the order of the entries.
  private var entries = OutputBuffer(capacity: 16)
  private var keys = OutputBuffer(capacity: 16)
  /// `,"key":` for each member.
  private var members: [Member] = []
  /// Objects with other keys since the last one with these.
  private var misses = 0

  /// The text before a value.
  private struct Member: Sendable {
    let low: SIMD2<UInt64>
    let high: SIMD2<UInt64>
    let count: Int
  }

  /// Documents that have nothing in common are not worth the trouble.
  private static let missLimit = 32
  private static let memberLimit = 64

  /// No keys yet.
  public init() {}

  /// Bytes of all keys.
  var byteCount: Int { keys.count }

  /// True if `container` has these keys, and their bytes lie within it.
  @inline(__always)
  func match<Offset: JSONOffset>(_ container: JSONContainer<Offset>, in document: RawSpan) -> Bool {
    guard Offset.self == UInt16.self, container.isObject, container.count == members.count, !members.isEmpty,
      container.end &- container.tableEnd >= keys.count
    else { return false }
    return document.extracting(container.keyEntries..<container.valueEntries).isEqual(to: entries.bytes)
      && document.extracting(container.tableEnd..<container.tableEnd &+ keys.count).isEqual(to: keys.bytes)
  }

  /// Notes that an object had these keys.
  @inline(__always)
  mutating func noteMatch() { misses = 0 }

  /// Appends the text before the value of member `index`.
  @inline(__always)
  func append(_ index: Int, to out: inout OutputBuffer) {
    let member = members[index]
    out.append(member.low, member.high, count: member.count)
  }

  /// Takes the keys of `container`, which was read without an error; none where they are long, or do not lie as servers lay them.
  mutating func learn<Offset: JSONOffset>(_ container: JSONContainer<Offset>, in document: RawSpan) {
    guard Offset.self == UInt16.self, container.isObject, misses < Self.missLimit else { return }
    misses += 1
    members.removeAll(keepingCapacity: true)
    guard container.count <= Self.memberLimit else { return }
    var place = container.tableEnd
    for index in 0..<container.count {
      let entry = container.keyEntry(index)
      let count = container.keyByteCount(entryAt: entry, in: document)
      guard container.start + Offset.load(from: document, at: entry) == place,
        let member = Self.member(document.extracting(place..<place + count))
      else { return members.removeAll(keepingCapacity: true) }
      members.append(member)
      place += count
    }
    entries.removeAll()
    entries.append(document.extracting(container.keyEntries..<container.valueEntries))
    keys.removeAll()
    keys.append(document.extracting(container.tableEnd..<place))
  }

  private static func member(_ key: RawSpan) -> Member? {
    var text = OutputBuffer(capacity: 64)
    text.append(jsonMember: key.byteCount, at: 0, of: key)
    let count = text.count
    guard count <= 32 else { return nil }
    text.append(repeating: 0, count: 32 - count)
    return Member(low: text.bytes.twoWords(at: 0), high: text.bytes.twoWords(at: 16), count: count)
  }
}
