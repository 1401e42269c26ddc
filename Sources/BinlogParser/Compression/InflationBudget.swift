/// Limit of the bytes that the compressed values of one event come to: a decompression bomb ends there.
@usableFromInline
struct InflationBudget: BitwiseCopyable {
  let limit: Int
  private var used = 0

  init(limit: Int) { self.limit = limit }

  /// The bytes of all values so far, the one too many with them, once they are too many.
  var excess: Int? { used > limit ? used : nil }

  /// Takes `count` bytes; returns whether there are that many.
  @usableFromInline
  mutating func take(_ count: Int) -> Bool {
    used += count
    return used <= limit
  }
}
