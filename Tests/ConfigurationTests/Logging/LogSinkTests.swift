import Foundation
import Logging
import MySQLBinlogConnector
import Platform
import Testing

/// A folder that is removed with its owner, and a log file in it.
private final class LogFile {
  let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID())")
  var path: String { folder.appending(path: "x.log").path }
  var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }
}

@Suite struct LogSinkTests {
  @Test func linesAreAppendedFromTheLevelOn() throws {
    let file = try LogFile()
    try Data("before\n".utf8).write(to: URL(fileURLWithPath: file.path))
    let sink = LogSink(try LineOutput(appendingTo: file.path), level: .info)
    var logger = Logger(label: "main") { SinkLogHandler(label: $0, sink: sink) }
    logger.debug("hidden")
    logger.info("one")
    logger[metadataKey: "file"] = "binlog.000001"
    logger.notice("two", metadata: ["position": "4"])
    logger.critical("three", metadata: ["file": "other"])
    logger.logLevel = .debug
    logger.trace("hidden")
    logger.debug("four")
    #expect(
      file.text == """
        before
        info(main): one
        info(main): two file=binlog.000001 position=4
        err(main): three file=other
        debug(main): four file=binlog.000001

        """)
  }

  @Test func aNewLogFileIsNotForEveryone() throws {
    let file = try LogFile()
    _ = try LineOutput(appendingTo: file.path)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    let permissions = try #require(attributes[.posixPermissions] as? Int)
    #expect(permissions & 0o137 == 0)
    #expect(permissions & 0o600 == 0o600)
  }

  @Test func aLogFileThatCannotBeOpenedIsAProblemOfTheConfiguration() {
    let problem = #expect(throws: ConfigurationProblem.self) {
      try LogSetup.bootstrap(level: .info, file: "/no/such/folder/x.log")
    }
    #expect(
      problem?.description == "InvalidValue: log_file \"/no/such/folder/x.log\" cannot be opened for appending: "
        + "No such file or directory")
  }

  @Test func loggersFollowTheSinkWhenItIsRedirected() throws {
    let (first, second) = (try LogFile(), try LogFile())
    let sink = LogSink(try LineOutput(appendingTo: first.path), level: .info)
    let logger = Logger(label: "config") { SinkLogHandler(label: $0, sink: sink) }
    logger.info("one")
    sink.redirect(to: try LineOutput(appendingTo: second.path), level: .debug)
    logger.debug("two")
    #expect(first.text == "info(config): one\n")
    #expect(second.text == "debug(config): two\n")
  }

  @Test func linesOfManyThreadsStayWhole() async throws {
    let file = try LogFile()
    let sink = LogSink(try LineOutput(appendingTo: file.path), level: .info)
    let logger = Logger(label: "main") { SinkLogHandler(label: $0, sink: sink) }
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          for line in 0..<200 {
            logger.info("\(String(repeating: "x", count: 100))", metadata: ["n": "\(task)-\(line)"])
          }
        }
      }
    }
    let lines = file.text.split(separator: "\n")
    #expect(lines.count == 1600)
    #expect(Set(lines).count == 1600)
    #expect(lines.allSatisfy { $0.hasPrefix("info(main): xxx") })
  }

  /// /dev/full takes no byte: every write fails with ENOSPC.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDiskDoesNotStopTheRun() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      let sink = LogSink(try LineOutput(appendingTo: "/dev/full"), level: .info)
      let logger = Logger(label: "main") { SinkLogHandler(label: $0, sink: sink) }
      logger.info("one")
      logger.info("two")
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self)
        == """
        warn(main): the log goes on here: write /dev/full: No space left on device (28)
        info(main): one
        info(main): two

        """)
  }
}
