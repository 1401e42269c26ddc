import Bytes

/// A table of characters in rows and cells, by which the East Asian character sets number theirs.
///
/// A source is text of lines: "row-cell characters", both numbers from 1; the characters fill this cell and the next
/// ones of the row.
struct CodePlane {
  /// Cells of a row.
  let columns: Int
  /// One code point a cell, all in the basic multilingual plane; 0 where there is none.
  private var scalars: [UInt16]

  /// Stands for a code without a character: no code point.
  static var undefined: UInt32 { .max }

  /// A plane with what `sources` say; a later one replaces what an earlier one said.
  init(rows: Int, columns: Int, _ sources: String...) {
    self.columns = columns
    scalars = Array(repeating: 0, count: rows * columns)
    for source in sources { add(source) }
  }

  /// Adds what `source` says.
  mutating func add(_ source: String) {
    for line in source.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      let place = parts[0].split(separator: "-").compactMap { Int($0) }
      guard parts.count == 2, place.count == 2 else { continue }
      for (index, scalar) in parts[1].unicodeScalars.enumerated() {
        self[place[0] - 1, place[1] - 1 + index] = scalar.value
      }
    }
  }

  /// The code point at `row` and `cell`, both from 0; `undefined` for none, or outside of the plane.
  subscript(row: Int, cell: Int) -> UInt32 {
    get {
      let index = row &* columns &+ cell
      guard cell >= 0, cell < columns, index >= 0, index < scalars.count, scalars[index] != 0 else {
        return Self.undefined
      }
      return UInt32(scalars[index])
    }
    set {
      let index = row * columns + cell
      guard cell >= 0, cell < columns, index >= 0, index < scalars.count else { return }
      scalars[index] = UInt16(truncatingIfNeeded: newValue)
    }
  }

  /// All code points of the plane, and 0.
  var codePoints: Set<UInt16> { Set(scalars) }
}

/// A code of one or more bytes, decoded.
struct DecodedCode: BitwiseCopyable {
  /// The code point, or `CodePlane.undefined`.
  let scalar: UInt32
  /// Bytes of the code, at least one.
  let count: Int

  /// A byte that begins no code.
  static var invalid: DecodedCode { DecodedCode(scalar: CodePlane.undefined, count: 1) }
}

/// An encoding with codes of several bytes, in which bytes below 0x80 that are not part of a longer code are ASCII.
protocol MultiByteEncoding {
  /// Decodes the code at `offset`, whose first byte is above 0x7F. Bytes that are no code decode as `invalid`.
  func decode(_ text: RawSpan, at offset: Int) -> DecodedCode
}
