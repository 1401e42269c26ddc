extension String {
  /// The text with every byte but letters, digits, "-", ".", "_" and "~" as "%XX"; with `keepsSlashes` also "/".
  ///
  /// See `UriEncode` in <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.
  package func percentEncoded(keepsSlashes: Bool = false) -> String {
    var encoded = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "/") where keepsSlashes: encoded += "/"
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        encoded += hex.utf8.count == 1 ? "%0" + hex : "%" + hex
      }
    }
    return encoded
  }
}

extension Sequence<UInt8> {
  /// The bytes as small hexadecimal digits.
  package var hexadecimal: String {
    map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }
}
