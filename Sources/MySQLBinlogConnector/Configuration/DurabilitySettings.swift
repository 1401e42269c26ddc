import Pipeline

/// What makes output safe, and when.
package struct DurabilitySettings: Sendable, Equatable {
  /// The file or the object that keeps how far the output is safe.
  package let checkpointFile: StorageLocation?
  /// When an output file ends before its binlog file does.
  package let roll: RollPolicy

  init(_ reader: inout ConfigurationReader) {
    checkpointFile = reader.location(.checkpointFile, isFolder: false)
    roll = RollPolicy(
      seconds: reader.integer(.parquetRollSeconds, in: 1...Self.longestSeconds).map { Int($0) },
      rows: reader.integer(.parquetRollRows, in: 1...Int64.max).map { Int($0) },
      bytes: reader.integer(.parquetRollBytes, in: 1...Int64.max).map { Int($0) })
  }

  /// A year.
  private static let longestSeconds: Int64 = 366 * 86_400
}
