import Synchronization

/// The temporal columns of a table of which it is not known yet that they have no fraction.
///
/// They are in the tables of MariaDB only: `FractionSearch` says why.
final class HiddenFractions: Sendable {
  private let columns: Mutex<Set<Int>>
  /// True if a server says that there are none: where rows can be read in both ways, it decides.
  let areDenied: Bool

  /// Those of `columns` that are of the old types; nil where there is none.
  init?(_ columns: ContiguousArray<ColumnPlan>, areDenied: Bool) {
    let old = columns.indices.filter { columns[$0].type.isOldTemporal }
    guard !old.isEmpty else { return nil }
    self.areDenied = areDenied
    self.columns = Mutex(Set(old))
  }

  /// The columns that may have fractions.
  var open: Set<Int> { columns.withLock { $0 } }

  /// Rows have shown that `columns` have no fraction.
  func close(_ columns: Set<Int>) { self.columns.withLock { $0.subtract(columns) } }
}
