/// The values of `_cdc_op`.
enum ChangeOperation: UInt8 {
  case insert = 0x63
  case update = 0x75
  case delete = 0x64
  case truncate = 0x74
}
