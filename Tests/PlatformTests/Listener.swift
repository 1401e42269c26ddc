#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A listening socket on 127.0.0.1, on a port of the system's choice, for tests of the client side.
final class Listener {
  private let descriptor: Int32
  let port: Int

  init() {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let own = descriptor
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(own, $0, size)
        _ = listen(own, 8)
        _ = getsockname(own, $0, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Waits for a client; the caller closes the descriptor.
  func accept() -> Int32 {
    #if canImport(Glibc)
      Glibc.accept(descriptor, nil, nil)
    #elseif canImport(Musl)
      Musl.accept(descriptor, nil, nil)
    #else
      Darwin.accept(descriptor, nil, nil)
    #endif
  }
}

/// Writes all of `bytes` to a descriptor of a test.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
  var sent = 0
  while sent < bytes.count {
    let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return }
    sent += count
  }
}

/// Closes a descriptor of a test.
func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Reads `count` bytes, or up to the end.
func readAll(_ descriptor: Int32, _ count: Int) -> [UInt8] {
  var result: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while result.count < count {
    let got = read(descriptor, &chunk, min(chunk.count, count - result.count))
    guard got > 0 else { break }
    result += chunk.prefix(got)
  }
  return result
}
