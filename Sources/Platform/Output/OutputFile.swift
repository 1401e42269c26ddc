import Bytes

/// A file, or an object in a store, that appears under its final name in one step, complete and safe, or not at all.
///
/// It belongs to one thread at a time. One that goes away before `publish` is given up.
public protocol OutputFile: AnyObject {
  /// The name under which it will appear: an absolute path, or an address such as "s3://bucket/key".
  var finalPath: String { get }
  /// Bytes written so far.
  var byteCount: Int { get }

  /// Bytes of them that are still in memory.
  var bufferedByteCount: Int { get }

  /// Appends `bytes`.
  func write(_ bytes: RawSpan) throws(OutputError)

  /// Nothing more will be written: makes everything safe, and gives back the memory and the descriptor that writing needs,
  /// so that thousands of files can wait to be published.
  func seal() throws(OutputError)

  /// Makes everything written safe, and lets it appear under its name, in place of what was there.
  ///
  /// When this throws, there is what was there before, or, if only the last confirmation is missing, all that was written.
  func publish() throws(OutputError)

  /// Removes what was written. After `publish` it does nothing.
  func abandon()
}

/// Where files appear: a folder, or a prefix in an object store.
public protocol OutputStore: Sendable {
  /// Starts the file that will be `name` in this place.
  ///
  /// - Parameter name: one or more components between slashes, "db=shop/tbl=orders/binlog.000001.parquet". None is empty,
  ///   "." or "..".
  func createFile(_ name: String) throws(OutputError) -> any OutputFile

  /// Lets the file `name` appear with all of `bytes`, durably, unless there is one of that name.
  ///
  /// - Returns: false, with nothing changed, if there is one.
  func createIfAbsent(_ name: String, _ bytes: [UInt8]) throws(OutputError) -> Bool

  /// The bytes of the file `name`, a small one; nil where there is none.
  func read(_ name: String) throws(OutputError) -> [UInt8]?

  /// The names of all visible files in `folder`, and in folders in it, as `read` takes them, in the order of their characters.
  func list(_ folder: String) throws(OutputError) -> [String]

  /// Takes the rows of those of the files `names` away that are there, durably, and keeps writes that a process which has died
  /// sent, and that take effect only later, from bringing them back. Names are as in `createFile`.
  ///
  /// - Parameter blank: makes a file without rows, different from all others, that may stay under a name.
  func vacate(_ names: [String], leaving blank: () -> [UInt8]) throws(OutputError)
}
