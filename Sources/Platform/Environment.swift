#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The environment of this process.
public enum Environment {
  /// Gives the variable `name` a value; nil takes it away.
  public static func set(_ name: String, to value: String?) {
    if let value {
      _ = unsafe setenv(name, value, 1)
    } else {
      _ = unsafe unsetenv(name)
    }
  }
}
