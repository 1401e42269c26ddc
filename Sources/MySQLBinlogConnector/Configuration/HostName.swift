/// Tells a host name or address from what people put in its place.
enum HostName {
  /// What is wrong with `text` as a host, as the end of a sentence that begins with "host"; nil when nothing is.
  ///
  /// A text that may hold a password is not repeated.
  static func fault(in text: String) -> String? {
    guard !text.isEmpty else { return "must not be empty" }
    guard !text.contains("@") else { return "must be the host alone; user and password have their own keys" }
    guard !text.contains("/") else { return "must be a host name or an address, not a URL or a path" }
    guard text.utf8.count <= longest else { return "must be at most \(longest) bytes long" }
    guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
      return "must not contain spaces or control characters, is \(text.quotedForMessage)"
    }
    guard !text.hasPrefix("[") else { return "must be an IPv6 address without brackets, is \(text.quotedForMessage)" }
    guard text.contains(":"), !isIPv6(text) else { return nil }
    return "must not hold a port: that belongs in \"port\"; is \(text.quotedForMessage)"
  }

  /// The longest name in the DNS, with some room for an IPv6 zone.
  private static let longest = 255

  /// True if `text` has the shape of an IPv6 address, with or without a zone ("fe80::1%eth0").
  private static func isIPv6(_ text: String) -> Bool {
    let address = text.prefix { $0 != "%" }
    return address.count { $0 == ":" } >= 2 && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
  }
}
