/// Letters and digits that nobody else has, to tell one write from all others.
public enum Nonce {
  /// New ones.
  public static func make() -> String {
    (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
  }
}
