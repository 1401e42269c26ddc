import Foundation
import Testing

/// Inputs that runs of libFuzzer found to reach more of the decoders, which an ordinary test run gives them again. Whoever breaks a promise
/// of `FuzzTarget` ends the process.
@Suite struct KeptInputTests {
  /// Inputs, one in a line.
  @Test(arguments: FuzzTarget.allCases)
  func inputsThatFuzzingFoundBreakNothing(target: FuzzTarget) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/fuzz")
    let inputs = try String(contentsOf: folder.appending(path: "\(target.rawValue).hex"), encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(!inputs.isEmpty)
    for input in inputs { target.take(try #require(Self.bytes(input))) }
  }

  private static func bytes(_ hex: Substring) -> [UInt8]? {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
