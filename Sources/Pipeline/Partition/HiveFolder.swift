/// Folders that say what is in them, KEY=VALUE, as Hive names them.
///
/// The characters that Hive escapes, and with them all that mean something in paths and patterns, are written as "%" and two
/// hexadecimal digits. All others stand as they are, in UTF-8: a name of MySQL, which has up to 64 characters of up to
/// three bytes, fits into a name of a file system with either. An empty value is "KEY=".
///
/// See `escapePathName` in
/// <https://github.com/apache/hive/blob/master/common/src/java/org/apache/hadoop/hive/common/FileUtils.java>.
package enum HiveFolder {
  /// Bytes in a name of a file system.
  static let byteLimit = 255
  private static let special = Set("\"#%'*/:=?\\{[]^\u{7F}".utf8)

  /// "KEY=VALUE", for a value in UTF-8. A value that does not fit is cut at a character: no server has such names, but
  /// the log's format allows them, and rows with them must find a place.
  package static func name(_ key: String, _ value: [UInt8]) -> String {
    "\(key)=" + escaped(value, byteLimit: byteLimit - key.utf8.count - 1)
  }

  /// The value alone, escaped, in at most `byteLimit` bytes.
  static func escaped(_ value: [UInt8], byteLimit: Int = byteLimit) -> String {
    var name = ""
    var count = 0
    for scalar in String(decoding: value, as: UTF8.self).unicodeScalars {
      let text = text(of: scalar)
      count += text.utf8.count
      guard count <= byteLimit else { break }
      name += text
    }
    return name
  }

  private static func text(of scalar: Unicode.Scalar) -> String {
    guard scalar.isASCII else { return String(scalar) }
    let byte = UInt8(scalar.value)
    guard byte < 0x20 || special.contains(byte) else { return String(scalar) }
    return (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
  }
}
