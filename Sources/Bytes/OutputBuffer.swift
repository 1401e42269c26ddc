#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A growing run of bytes that owns its memory: the only place to which this program writes bytes one by one.
///
/// Appending is amortised O(1). A hot loop reserves its worst case once and then uses the `Unchecked` forms.
/// `removeAll` keeps the memory, so that one buffer serves batch after batch.
@safe
public struct OutputBuffer: ~Copyable, @unchecked Sendable {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var used: Int
  @usableFromInline var size: Int

  /// An empty buffer with room for `capacity` bytes.
  @inlinable
  public init(capacity: Int = 256) {
    size = max(capacity, 16)
    unsafe base = Self.memory(size)
    used = 0
  }

  /// A buffer with the UTF-8 of `text`.
  public init(utf8 text: String) {
    self.init(capacity: text.utf8.count)
    append(text)
  }

  deinit { unsafe Self.release(base) }

  @usableFromInline
  static func memory(_ count: Int) -> UnsafeMutablePointer<UInt8> { unsafe whole(malloc(count), count) }

  @usableFromInline
  static func release(_ memory: UnsafeMutablePointer<UInt8>) { unsafe free(memory) }

  private static func whole(_ memory: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeMutablePointer<UInt8> {
    guard let memory = unsafe memory else { OutOfMemory.endProcess(wanted: count) }
    return unsafe memory.assumingMemoryBound(to: UInt8.self)
  }

  /// Bytes written.
  @inlinable public var count: Int { used }
  /// Bytes for which there is memory.
  @inlinable public var capacity: Int { size }
  /// True if nothing was written.
  @inlinable public var isEmpty: Bool { used == 0 }

  /// The written bytes.
  @inlinable public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: used)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// A copy of the written bytes.
  public var array: [UInt8] { bytes.array }

  /// Makes room for `count` more bytes.
  @inlinable
  public mutating func reserve(_ count: Int) {
    if size &- used < count { grow(count) }
  }

  /// From this size on, memory is not to be had for the asking, and growing costs little.
  private static let largeSize = 1 << 20

  @usableFromInline
  mutating func grow(_ count: Int) {
    let wanted = max(used + count, size + size / (size < Self.largeSize ? 2 : 4))
    // Large memory moves by its pages, without a copy: 8,000 page faults less before batches have their size.
    unsafe base = Self.whole(realloc(base, wanted), wanted)
    size = wanted
  }

  /// Appends one byte.
  @inlinable
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[used] = byte
    used &+= 1
  }

  /// Appends one byte for which `reserve` has made room.
  @inlinable
  public mutating func appendUnchecked(_ byte: UInt8) {
    assert(used < size)
    unsafe base[used] = byte
    used &+= 1
  }

  /// Appends `span`.
  @inlinable
  public mutating func append(_ span: RawSpan) {
    reserve(span.byteCount)
    appendUnchecked(span)
  }

  /// Appends `span`, for which `reserve` has made room.
  @inlinable
  public mutating func appendUnchecked(_ span: RawSpan) {
    let count = span.byteCount
    assert(size &- used >= count)
    guard count > 0 else { return }
    unsafe span.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe UnsafeMutableRawPointer(base + used).copyMemory(from: start, byteCount: count)
    }
    used &+= count
  }

  /// Appends the lowest `count` bytes (0 to 8) of `word`, lowest first; `reserve` has made room for eight.
  ///
  /// It stores all eight and forgets the rest, which is faster than any loop.
  @inlinable @inline(__always)
  public mutating func appendUnchecked(word: UInt64, count: Int) {
    assert(size &- used >= 8 && count >= 0 && count <= 8)
    unsafe UnsafeMutableRawPointer(base + used).storeBytes(of: word.littleEndian, as: UInt64.self)
    used &+= count
  }

  /// Appends the first `count` bytes (0 to 32) of four words, lowest byte first.
  ///
  /// It stores all 32 and forgets the rest, which takes no call.
  @inlinable @inline(__always)
  public mutating func append(_ low: SIMD2<UInt64>, _ high: SIMD2<UInt64>, count: Int) {
    assert(count >= 0 && count <= 32)
    reserve(32)
    appendUnchecked(low)
    appendUnchecked(high)
    used &+= count &- 32
  }

  /// Appends two words, lowest byte first, for which `reserve` has made room.
  @inlinable @inline(__always)
  public mutating func appendUnchecked(_ words: SIMD2<UInt64>) {
    assert(size &- used >= 16)
    let bytes = SIMD2(words.x.littleEndian, words.y.littleEndian)
    unsafe UnsafeMutableRawPointer(base + used).storeBytes(of: bytes, as: SIMD2<UInt64>.self)
    used &+= 16
  }

  /// Appends the UTF-8 of a literal.
  @inlinable @inline(__always)
  public mutating func append(_ literal: StaticString) {
    let count = literal.utf8CodeUnitCount
    reserve(count)
    unsafe (base + used).update(from: literal.utf8Start, count: count)
    used &+= count
  }

  /// Appends the UTF-8 of `text`; a literal is a `StaticString`, whose bytes need no look at what kind of string it is.
  @_disfavoredOverload
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { source in
      reserve(source.count)
      guard let start = source.baseAddress else { return }
      unsafe (base + used).update(from: start, count: source.count)
      used &+= source.count
    }
  }

  /// Appends `bytes`.
  public mutating func append(contentsOf bytes: [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { source in
      reserve(source.count)
      guard let start = source.baseAddress else { return }
      unsafe (base + used).update(from: start, count: source.count)
      used &+= source.count
    }
  }

  /// Appends `count` times `byte`.
  @inlinable
  public mutating func append(repeating byte: UInt8, count: Int) {
    guard count > 0 else { return }
    reserve(count)
    unsafe (base + used).update(repeating: byte, count: count)
    used &+= count
  }

  /// Appends an integer, least significant byte first.
  @inlinable
  public mutating func appendLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    unsafe UnsafeMutableRawPointer(base + used).storeBytes(of: value.littleEndian, as: T.self)
    used &+= MemoryLayout<T>.size
  }

  /// Overwrites bytes written earlier with an integer, least significant byte first.
  @inlinable
  public mutating func overwriteLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= used, "overwrite outside of the written bytes")
    unsafe UnsafeMutableRawPointer(base + offset).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Appends up to `count` bytes that `body` writes; it returns how many it wrote.
  ///
  /// For system calls and codecs that fill memory. Nothing is appended when `body` throws.
  @inlinable
  public mutating func append<E: Error>(
    upTo count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) -> Int {
    reserve(count)
    let written = try unsafe body(UnsafeMutableRawBufferPointer(start: base + used, count: count))
    precondition(written >= 0 && written <= count, "more bytes written than asked for")
    used &+= written
    return written
  }

  /// Forgets everything after the first `count` bytes; the memory stays.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= used, "truncation beyond the written bytes")
    used = count
  }

  /// Forgets the first `count` bytes and moves the rest to the front; the memory stays.
  public mutating func removeFirst(_ count: Int) {
    precondition(count >= 0 && count <= used, "removal beyond the written bytes")
    unsafe base.update(from: base + count, count: used - count)
    used -= count
  }

  /// Forgets everything; the memory stays.
  @inlinable
  public mutating func removeAll() { used = 0 }

  /// Forgets everything, and gives memory beyond `limit` bytes back.
  public mutating func removeAll(shrinkingTo limit: Int) {
    used = 0
    guard size > limit else { return }
    unsafe Self.release(base)
    size = max(limit, 16)
    unsafe base = Self.memory(size)
  }
}
