import Pipeline

/// What makes output safe, and when.
package struct DurabilitySettings: Sendable, Equatable {
  /// The file or the object that keeps how far the output is safe.
  package internal(set) var checkpointFile: StorageLocation?
  /// When an output file ends before its binlog file does.
  package internal(set) var roll: RollPolicy

  init(_ reader: inout ConfigurationReader) {
    checkpointFile = reader.location(.checkpointFile, isFolder: false)
    roll = RollPolicy(
      seconds: reader.integer(.parquetRollSeconds).map { Int($0) },
      rows: reader.integer(.parquetRollRows).map { Int($0) },
      bytes: reader.integer(.parquetRollBytes).map { Int($0) })
  }
}
