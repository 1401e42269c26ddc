import Foundation
import Platform

/// The state of a Delta table after a version of its log.
package struct DeltaSnapshot: Sendable {
  /// The version; -1 before the first one.
  package private(set) var version: Int64 = -1
  package private(set) var `protocol`: DeltaAction.Demands?
  package private(set) var metaData: DeltaAction.MetaData?
  /// The last part of each application.
  private(set) var transactions: [String: DeltaAction.Transaction] = [:]
  /// The table's files, by their decoded paths.
  package private(set) var files: [String: DeltaAction.Add] = [:]
  /// Files that are no more of the table, and that a reader of an older version may still want.
  package private(set) var removed: [String: DeltaAction.Remove] = [:]

  /// A table that is not there yet.
  package init() {}

  /// Applies the commit of the next version.
  ///
  /// - Parameter place: the file, for errors.
  /// - Throws: `OutputError` where a writer would have to know more of the format than this one does.
  package mutating func apply(_ actions: [DeltaAction], from place: String) throws(OutputError) {
    for action in actions {
      if let new = action.protocol {
        try Self.check(new, place)
        self.protocol = new
      }
      if let new = action.metaData { metaData = new }
      if let new = action.txn { transactions[new.appId] = new }
      if let new = action.add { add(new) }
      if let old = action.remove { remove(old) }
    }
    version += 1
  }

  private mutating func add(_ file: DeltaAction.Add) {
    let key = DeltaPath.decoded(file.path)
    files[key] = file
    removed[key] = nil
  }

  private mutating func remove(_ file: DeltaAction.Remove) {
    let key = DeltaPath.decoded(file.path)
    files[key] = nil
    removed[key] = file
  }

  /// The number of the last part of the application `id`; nil for none.
  package func part(of id: String) -> Int64? { transactions[id]?.version }

  /// Forgets removed files that nobody reads any more, at `time` in milliseconds since 1970.
  mutating func forgetRemoved(at time: Int64) {
    removed = removed.filter { ($0.value.deletionTimestamp ?? 0) > time - Self.retention }
  }

  /// Milliseconds for which removed files are remembered: a week, as the format has it.
  private static let retention: Int64 = 7 * 24 * 3_600_000

  /// The state as actions, in the order of their paths.
  var actions: [DeltaAction] {
    var actions = [DeltaAction(protocol: self.protocol), DeltaAction(metaData: metaData)]
    actions += transactions.values.sorted { $0.appId < $1.appId }.map { DeltaAction(txn: $0) }
    actions += files.values.sorted { $0.path < $1.path }.map { DeltaAction(add: $0) }
    return actions + removed.values.sorted { $0.path < $1.path }.map { DeltaAction(remove: $0) }
  }

  // MARK: Protocol

  /// Features of tables that this writer keeps to.
  private static let knownFeatures: Set<String> = ["appendOnly", "invariants", "timestampNtz"]

  private static func check(_ demands: DeltaAction.Demands, _ place: String) throws(OutputError) {
    let features = (demands.readerFeatures ?? []) + (demands.writerFeatures ?? [])
    let unknown = Set(features).subtracting(knownFeatures).sorted()
    if let first = unknown.first {
      throw .delta(
        place, "demands the feature \(first.quotedForDelta) of writers, which this program does not know",
        advice: "turn the feature off, or give this output a folder of its own")
    }
    let (reader, writer) = (demands.minReaderVersion, demands.minWriterVersion)
    guard [1, 3].contains(reader), [1, 2, 7].contains(writer) else {
      throw .delta(
        place, "demands version \(reader) of readers and \(writer) of writers, which this program does not know",
        advice: "give this output a folder of its own")
    }
  }

  /// The demands of a table with columns of `schema`; nil where they are met already.
  func demands(of schema: DeltaSchema) -> DeltaAction.Demands? {
    guard schema.hasLocalTimes else {
      return self.protocol == nil ? DeltaAction.Demands(minReaderVersion: 1, minWriterVersion: 2) : nil
    }
    let feature = "timestampNtz"
    guard var new = self.protocol, new.minWriterVersion == 7 else {
      return DeltaAction.Demands(
        minReaderVersion: 3, minWriterVersion: 7, readerFeatures: [feature], writerFeatures: ["appendOnly", feature])
    }
    guard !(new.readerFeatures ?? []).contains(feature) else { return nil }
    new.minReaderVersion = 3
    new.readerFeatures = (new.readerFeatures ?? []) + [feature]
    new.writerFeatures = (new.writerFeatures ?? []).filter { $0 != feature } + [feature]
    return new
  }
}

extension String {
  /// The text between quotation marks, cut where it is long and without control characters: it came from a file.
  var quotedForDelta: String {
    let visible = prefix(100).map { $0.isASCII && ($0.asciiValue ?? 0) >= 0x20 ? $0 : "?" }
    return "\"\(String(visible))\""
  }
}
