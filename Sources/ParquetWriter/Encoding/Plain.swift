import Bytes

// https://github.com/apache/parquet-format/blob/master/Encodings.md#plain-plain--0
//
// INT32, INT64, FLOAT and DOUBLE are their bytes, least significant first. BYTE_ARRAY is its length as `int<4>`, least
// significant byte first, and then its bytes; FIXED_LEN_BYTE_ARRAY only its bytes. BOOLEAN is a bit, eight in a byte, least
// significant first.

/// A value of fixed width that PLAIN stores as its bit pattern, least significant byte first.
public protocol PlainValue: Sendable {
  /// The unsigned integer of the same width.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
  /// The physical type of a column of these values.
  static var physicalType: PhysicalType { get }
  /// True if the differences of values are not integers.
  static var isFloatingPoint: Bool { get }
  /// The value's bit pattern.
  var plainBits: Bits { get }
  /// Bit pattern to an unsigned integer that sorts as the values do; nil for a value without a place in the order.
  static func sortKey(_ bits: Bits, isUnsigned: Bool) -> Bits?
  /// Sort key back to bit pattern.
  static func bits(sortKey: Bits, isUnsigned: Bool) -> Bits
  /// What to tell readers when `bits` is the smallest value.
  static func lowerBound(_ bits: Bits) -> Bits
  /// What to tell readers when `bits` is the largest value.
  static func upperBound(_ bits: Bits) -> Bits
}

extension PlainValue {
  /// The value itself.
  public static func lowerBound(_ bits: Bits) -> Bits { bits }
  /// The value itself.
  public static func upperBound(_ bits: Bits) -> Bits { bits }
}

extension PlainValue where Self: FixedWidthInteger {
  /// False.
  public static var isFloatingPoint: Bool { false }

  /// Signed integers sort as unsigned ones once their sign bit is turned over.
  @inlinable
  public static func sortKey(_ bits: Bits, isUnsigned: Bool) -> Bits? {
    isUnsigned ? bits : bits ^ (1 << (Bits.bitWidth - 1))
  }

  /// Turns the sign bit back.
  @inlinable
  public static func bits(sortKey: Bits, isUnsigned: Bool) -> Bits {
    isUnsigned ? sortKey : sortKey ^ (1 << (Bits.bitWidth - 1))
  }
}

extension Int32: PlainValue {
  /// INT32.
  public static var physicalType: PhysicalType { .int32 }
  /// Two's complement.
  @inlinable public var plainBits: UInt32 { UInt32(bitPattern: self) }
}

extension Int64: PlainValue {
  /// INT64.
  public static var physicalType: PhysicalType { .int64 }
  /// Two's complement.
  @inlinable public var plainBits: UInt64 { UInt64(bitPattern: self) }
}

extension PlainValue where Self: BinaryFloatingPoint {
  /// True.
  public static var isFloatingPoint: Bool { true }

  private static var sign: Bits { 1 << (Bits.bitWidth - 1) }

  /// Negative numbers sort backwards, so all their bits turn over; of the others only the sign.
  static func sortKey(_ bits: Bits, isNaN: Bool) -> Bits? {
    guard !isNaN else { return nil }
    return bits & sign == 0 ? bits | sign : ~bits
  }

  /// Turns the bits back.
  public static func bits(sortKey: Bits, isUnsigned: Bool) -> Bits {
    sortKey & sign == 0 ? ~sortKey : sortKey ^ sign
  }

  /// Zero as -0.0, since readers take the two zeros as equal and either can be in the column.
  public static func lowerBound(_ bits: Bits) -> Bits { bits == 0 ? sign : bits }
  /// Zero as +0.0.
  public static func upperBound(_ bits: Bits) -> Bits { bits == sign ? 0 : bits }
}

extension Float: PlainValue {
  /// FLOAT.
  public static var physicalType: PhysicalType { .float }
  /// IEEE 754.
  @inlinable public var plainBits: UInt32 { bitPattern }

  /// NaN has no place.
  public static func sortKey(_ bits: UInt32, isUnsigned: Bool) -> UInt32? {
    sortKey(bits, isNaN: Float(bitPattern: bits).isNaN)
  }
}

extension Double: PlainValue {
  /// DOUBLE.
  public static var physicalType: PhysicalType { .double }
  /// IEEE 754.
  @inlinable public var plainBits: UInt64 { bitPattern }

  /// NaN has no place.
  public static func sortKey(_ bits: UInt64, isUnsigned: Bool) -> UInt64? {
    sortKey(bits, isNaN: Double(bitPattern: bits).isNaN)
  }
}

/// PLAIN values of fixed width, read back from the bytes of a column.
package struct PlainValues<Value: PlainValue>: ~Escapable {
  private let span: RawSpan
  /// Number of values.
  package let count: Int

  /// The values in `span`.
  @_lifetime(copy span)
  package init(_ span: RawSpan) {
    self.span = span
    count = span.byteCount / MemoryLayout<Value.Bits>.size
  }

  /// The bit pattern of the value at `index`; traps outside of 0..<count.
  package subscript(index: Int) -> Value.Bits {
    precondition(index >= 0 && index < count, "value index out of range")
    return self[unchecked: index]
  }

  /// Calls `body` with the difference of each value in `range`, which begins behind 0, from the one before it.
  @inline(__always)
  func forEachDifference(in range: Range<Int>, _ body: (Value.Bits) -> Void) {
    guard !range.isEmpty else { return }
    precondition(range.lowerBound > 0 && range.upperBound <= count, "value index out of range")
    var previous = self[unchecked: range.lowerBound &- 1]
    for index in range {
      let value = self[unchecked: index]
      body(value &- previous)
      previous = value
    }
  }

  private subscript(unchecked index: Int) -> Value.Bits {
    @inline(__always) get {
      let offset = index &* MemoryLayout<Value.Bits>.size
      return Value.Bits(
        littleEndian: unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Value.Bits.self))
    }
  }
}
