/// The look at the first values of a column that tells whether a dictionary can pay.
///
/// As long as they repeat less often than values that are drawn from too many to pay, hashing the rest is in vain.
enum DictionaryTrial {
  /// Values looked at.
  static let valueCount = 8192

  /// True if the first `valueCount` values, of which `entryCount` are distinct, repeat seldom.
  ///
  /// - Parameter mostEntries: the most entries of a dictionary that pays for the whole column.
  static func isHopeless(entryCount: Int, mostEntries: Int) -> Bool {
    let repeats = valueCount - entryCount
    return repeats * 2 * max(1, mostEntries) < valueCount * valueCount
  }
}
