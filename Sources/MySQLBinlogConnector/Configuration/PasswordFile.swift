import Bytes
import MySQLWire
import Platform

/// The file that `password_file` names: its first line is the password. What is in it stands in no message.
struct PasswordFile {
  /// A longer line is no password.
  private static let maximumBytes = 4096

  let password: Secret
  /// What is wrong with the file's permissions, if anything is.
  let warning: String?

  /// Reads what `password_file` names; nil where there is nothing, or where it was reported.
  init?(_ reader: inout ConfigurationReader) {
    guard let path = reader.text(.passwordFile) else { return nil }
    if reader.has(.password) {
      reader.report(.passwordFile, "cannot stand beside password; give only one of the two")
      return nil
    }
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Self.firstLine(of: path) } catch {
      let message = "password_file \(path.quotedForMessage) cannot be read: \(error.reason)"
      reader.report(ConfigurationProblem(.fileNotFound, message))
      return nil
    }
    guard !bytes.isEmpty, bytes.count <= Self.maximumBytes, !bytes.contains(0) else {
      reader.report(.passwordFile, Self.fault(of: bytes, path))
      return nil
    }
    password = Secret(bytes: bytes)
    warning = FileSystem.readableByOthersWarning(path, holding: "the password")
  }

  private static func fault(of bytes: [UInt8], _ path: String) -> String {
    if bytes.isEmpty { return "\(path.quotedForMessage) must hold the password in its first line, which is empty" }
    return bytes.contains(0)
      ? "\(path.quotedForMessage) must not contain a NUL character in its first line"
      : "\(path.quotedForMessage) must have a first line of at most \(maximumBytes) bytes"
  }

  /// The bytes before the first line break, which may be that of Windows; at most one more than `maximumBytes`.
  private static func firstLine(of path: String) throws(SystemError) -> [UInt8] {
    var buffer = OutputBuffer(capacity: maximumBytes + 2)
    _ = try InputFile(path).read(maximumBytes + 2, at: 0, appendingTo: &buffer)
    let bytes = buffer.array
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return bytes }
    let line = bytes[..<end]
    return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}

extension FileSystem {
  /// A line for the log when others than its owner may read the file at `path`, which holds a secret.
  static func readableByOthersWarning(_ path: String, holding secret: String) -> String? {
    modeReadableByOthers(path).map { mode in
      "\(path) holds \(secret), and others than its owner can read it (mode 0\(String(mode, radix: 8))): run chmod 600 \(path)"
    }
  }
}
