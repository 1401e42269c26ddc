/// Account of what the log takes back.
struct Rollbacks {
  /// Transactions that took back what they did, or a part of it.
  var transactions = 0
  /// Events with rows that were left out.
  var events = 0
  /// Events of the open transaction that were looked at, and are not in the chunk.
  var uncountedEventCount = 0
}
