#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Number of files, pipes and connections that this process may have open at a time.
public enum DescriptorLimit {
  /// More than this program ever opens; Darwin refuses more than OPEN_MAX.
  private static let enough: rlim_t = 10_240

  /// The limit that holds now.
  public static var current: Int { Int(clamping: limits.rlim_cur) }

  #if canImport(Glibc)
    private static let resource = Int32(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif

  /// Raises it as far as the process may, if it is lower than what the program could use.
  public static func raise() {
    var limits = limits
    let wanted = min(limits.rlim_max, enough)
    guard limits.rlim_cur < wanted else { return }
    limits.rlim_cur = wanted
    _ = unsafe setrlimit(resource, &limits)
  }

  private static var limits: rlimit {
    var limits = rlimit(rlim_cur: enough, rlim_max: enough)
    _ = unsafe getrlimit(resource, &limits)
    return limits
  }
}
