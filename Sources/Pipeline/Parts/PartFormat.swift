import Platform

/// A form of files: how batches of changes become the bytes of one, on the thread that writes.
protocol PartFormat: AnyObject, SendableMetatype {
  /// Pieces of which its files are made.
  associatedtype Batch: ChangeBatch
  /// A file that grows.
  associatedtype Content
  /// Writes the beginning of `file`, which is empty.
  ///
  /// - Parameter isTakenOver: true if a run that died may have written the same rows under the same name: this file must differ.
  func begin(_ file: any OutputFile, isTakenOver: Bool) throws(PipelineError) -> Content
  /// Writes `batch` behind what is in the file.
  func append(_ batch: Batch, to content: Content) throws(PipelineError)
  /// Writes the end of the file.
  func complete(_ content: Content, _ facts: PartFacts) throws(PipelineError) -> CompletedFile
  /// True if the end of a transaction will say something of rows that are in the file.
  func waitsForTransaction(_ content: Content) -> Bool
  /// Bytes that the file needs in memory to grow, beside those that are not written yet.
  func byteCountInMemory(of content: Content) -> Int
}

extension PartFormat {
  func waitsForTransaction(_ content: Content) -> Bool { false }
  func byteCountInMemory(of content: Content) -> Int { 0 }
}

/// Facts about a complete part.
struct PartFacts {
  /// The binlog file.
  let binlogFile: String
  /// Start of its first transaction.
  let firstPosition: UInt64
  /// All rows end at or before this position.
  let lastPosition: UInt64
  /// The version of the server that wrote the log.
  let serverVersion: String
  /// True if the file ends, and the transaction of its last rows may not: it had to make room.
  let isWithinTransaction: Bool
}
