/// `Fuzz TARGET [libFuzzer options and folders]`: feeds one decoder with what libFuzzer makes up.
///
/// libFuzzer's own entry point is not used, because SwiftPM gives every executable one.
/// See <https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library>.
@main
enum Main {
  static func main() {
    guard CommandLine.argc > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
      fatalError("usage: Fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [libFuzzer options]")
    }
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    _ = runDriver(&count, &arguments, target.callback)
  }
}

extension FuzzTarget {
  /// What libFuzzer calls with each input. A C function cannot know a target: each has its own.
  fileprivate var callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt {
    switch self {
    case .events: { start, count in feed(.events, start, count) }
    case .rows: { start, count in feed(.rows, start, count) }
    case .json: { start, count in feed(.json, start, count) }
    case .decimal: { start, count in feed(.decimal, start, count) }
    case .packets: { start, count in feed(.packets, start, count) }
    case .gtids: { start, count in feed(.gtids, start, count) }
    case .schemas: { start, count in feed(.schemas, start, count) }
    }
  }
}

private func feed(_ target: FuzzTarget, _ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.take(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
