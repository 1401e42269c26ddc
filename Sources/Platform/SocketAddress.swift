#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An IPv4 or IPv6 address with its port, as the socket calls take it.
public struct SocketAddress: Sendable, Equatable {
  /// `AF_INET` or `AF_INET6`.
  let family: Int32
  /// The bytes of the `sockaddr`.
  let storage: [UInt8]

  /// Copies the address out of one entry of `getaddrinfo`.
  init?(_ entry: addrinfo) {
    guard let address = unsafe entry.ai_addr, [AF_INET, AF_INET6].contains(unsafe entry.ai_family) else { return nil }
    family = unsafe entry.ai_family
    storage = unsafe Array(UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen)))
  }

  /// The address alone, without port: "127.0.0.1", "::1".
  public var host: String {
    var text = [CChar](repeating: 0, count: 256)
    let status = unsafe withSockaddr { address, length in
      unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    }
    guard status == 0 else { return "address" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }

  /// Calls `body` with the address as the C calls want it.
  func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    unsafe storage.withUnsafeBytes { bytes in
      var aligned = sockaddr_storage()
      let count = min(bytes.count, MemoryLayout<sockaddr_storage>.size)
      unsafe withUnsafeMutableBytes(of: &aligned) {
        unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
      }
      return unsafe withUnsafePointer(to: &aligned) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(count)) }
      }
    }
  }
}
