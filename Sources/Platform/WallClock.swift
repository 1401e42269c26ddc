#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole seconds of the wall clock since 1970, UTC.
public func secondsSince1970() -> Int { time(nil) }
