/// The characters of the single-byte character sets, ready to be written.
enum SingleByteTable {
  /// For each character set, by its raw value, the 256 characters; empty for sets that are not of this kind.
  static let all: [[EncodedScalar]] = CharacterSet.allCases.map { characterSet in
    SingleByteSource.items(characterSet).map(table) ?? []
  }

  /// The 256 characters that `items` (see `SingleByteSource`) describe; what they leave out at the front is ASCII.
  static func table(_ items: String) -> [EncodedScalar] {
    var scalars: [UInt32?] = []
    for item in items.split(separator: " ") {
      if item.hasPrefix("?") {
        scalars += Array(repeating: nil, count: Int(item.dropFirst(), radix: 16) ?? 0)
        continue
      }
      let bounds = item.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      if let first = bounds.first, let last = bounds.last, first <= last { scalars += Array(first...last) }
    }
    let ascii = (0..<UInt32(max(0, 256 - scalars.count))).map { Optional($0) }
    return (ascii + scalars).map { $0.map(EncodedScalar.init) ?? .undefined }
  }
}
