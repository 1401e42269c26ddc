/// How the program ends, in the numbers of sysexits.h.
package enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done: the stop position, the end of the log, or a stop signal with everything received safely written.
  case success = 0
  /// The command line is wrong (EX_USAGE).
  case usage = 64
  /// The binlog or the server's data is wrong (EX_DATAERR).
  case dataError = 65
  /// The server cannot be reached, or the connection is lost for good (EX_UNAVAILABLE).
  case unavailable = 69
  /// Output could not be written (EX_IOERR).
  case outputError = 74
  /// The login was refused, or a privilege is missing (EX_NOPERM).
  case noPermission = 77
  /// The configuration is wrong (EX_CONFIG).
  case configuration = 78
}
