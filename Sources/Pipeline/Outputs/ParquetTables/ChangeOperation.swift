import Bytes

/// The values of `_cdc_op`.
enum ChangeOperation: UInt8, CaseIterable {
  case insert = 0x63
  case update = 0x75
  case delete = 0x64
  case truncate = 0x74

  /// Place among all operations.
  var index: Int {
    switch self {
    case .insert: 0
    case .update: 1
    case .delete: 2
    case .truncate: 3
    }
  }
}
