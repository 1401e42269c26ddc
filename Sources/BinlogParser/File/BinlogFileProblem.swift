/// What is wrong with a binlog file as a whole, rather than with one of its events.
public enum BinlogFileProblem: Sendable, Equatable {
  /// A way to encrypt binlogs.
  public enum Encryption: Sendable {
    /// The whole file, magic bytes included: MySQL 8 and Percona Server 8.
    case mysql
    /// All behind a START_ENCRYPTION event: Percona Server 5.7.
    case percona
    /// Likewise: MariaDB.
    case mariadb
  }

  /// The file does not begin with the four magic bytes `fe 62 69 6e`.
  case noMagic
  /// The file is a binlog in InnoDB's pages, as MariaDB 12.3 and later can write it.
  case innoDB
  /// The file is encrypted, in this server's way.
  case encrypted(by: Encryption)
  /// The file was written by MySQL 3.23 to 4.1, in a format before version 4.
  case oldVersion(Int, server: String)
  /// The file ends within an event: so many of its bytes are there.
  case cutEvent(present: UInt64, of: UInt64)
  /// An event's size reaches beyond the file's end, and is wrong: so many bytes are there.
  case damagedSize(UInt64, present: UInt64)
  /// Another binlog file stands there, from its magic bytes on.
  case anotherFile
  /// In place of events there are zeros, so many up to the file's end.
  case onlyZeros(UInt64)
  /// No event starts at the position that the range begins at; those around it do.
  case betweenEvents(UInt64, UInt64)
  /// The range begins behind the file's end.
  case behindEnd(byteCount: UInt64)
  /// The file that is read next is not the one in which the log goes on, whose name or number is known.
  case gap(expected: String, next: String)
  /// Nothing says that the file that is read next is the one in which the log goes on.
  case unknownOrder(next: String)
  /// Another file follows, and no ROTATE or STOP ends this one.
  case unclosedBeforeAnother
}

extension BinlogFileProblem: CustomStringConvertible {
  /// What is wrong, as the end of a sentence that begins with the place.
  public var description: String {
    switch self {
    case .noMagic: "this is no binlog file: it does not begin with the bytes fe 62 69 6e"
    case .innoDB:
      "this is an InnoDB binlog of MariaDB (binlog_storage_engine = innodb: magic bytes fe fe 0d 01), which cannot be read"
    case .encrypted(.mariadb): "what follows is encrypted (MariaDB's encrypt_binlog: START_ENCRYPTION event)"
    case .encrypted(.percona):
      "what follows is encrypted (encrypt_binlog of Percona Server 5.7: START_ENCRYPTION event)"
    case .encrypted(.mysql):
      "the file is encrypted (binlog_encryption of MySQL 8 and Percona Server: magic bytes fd 62 69 6e)"
    case .oldVersion(let version, let server):
      "binlog version \(version) of MySQL \(server) cannot be read, only version 4"
    case .cutEvent(let present, let size) where size == 0: "the file ends after \(present) bytes of an event's header"
    case .cutEvent(let present, let size): "the file ends after \(present) of the event's \(size) bytes"
    case .damagedSize(let size, let present):
      "the event's header is damaged: its size is \(size) bytes, only \(present) are left, and they are no part of such an event"
    case .anotherFile: "another binlog file begins here"
    case .onlyZeros(let count): "only zeros from here on: \(count) bytes"
    case .betweenEvents(let before, let after): "no event starts there; the nearest ones are at \(before) and \(after)"
    case .behindEnd(let count): "the file has only \(count) bytes"
    case .gap(let expected, let next): "the log goes on in \(expected), and the next one of the files is \(next)"
    case .unknownOrder(let next):
      "nothing says that the log goes on in \(next), the next one of the files: their names do not end with numbers"
    case .unclosedBeforeAnother:
      "the file ends without ROTATE or STOP: the server died, or the file was copied before it was whole"
    }
  }

  /// What a person can do about it.
  var hint: String {
    switch self {
    case .noMagic: "check the path; index and .gtid files, dumps and compressed files are not binlogs"
    case .innoDB:
      "mariadb-binlog of MariaDB 12.3 and later prints it; without binlog_storage_engine the server writes binlogs as before"
    case .encrypted:
      "read it from the server, which decrypts it, or take a copy with mysqlbinlog --read-from-remote-server --raw"
    case .oldVersion: "such logs hold statements and no rows; mysqlbinlog of MySQL 5.x prints them"
    case .cutEvent: "copy the file again; the events before this place are whole"
    case .damagedSize: "restore the file from another copy or replica; the events before this place are whole"
    case .anotherFile: "files were put together: split them here, and name each of them"
    case .onlyZeros:
      "the file's end was lost, in a crash or while it was copied: copy it again, or end the range at this position;"
        + " the events before it are whole"
    case .gap, .unknownOrder:
      "add the file that is missing; or set \"allow_gaps\" to true, to go on without the rows of what is missing"
    case .unclosedBeforeAnother: "copy the file again if its server is well"
    case .betweenEvents, .behindEnd: "inspect --events lists the positions at which events start"
    }
  }
}
