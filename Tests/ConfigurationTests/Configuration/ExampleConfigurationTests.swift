import Foundation
import MySQLBinlogConnector
import Testing

/// The example files at the top of the repository.
@Suite struct ExampleConfigurationTests {
  private static let folder = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")

  @Test(arguments: [
    ("config.example.json", OutputSettings.Mode.stdout), ("config.parquet.json", .parquet),
    ("config.tables.json", .parquet),
  ])
  func isValid(_ name: String, _ mode: OutputSettings.Mode) throws {
    let arguments = StreamArguments(configurationPath: "\(Self.folder)/\(name)")
    let configuration = try Configuration(arguments: arguments, environment: [:])
    #expect(configuration.output.mode == mode)
    #expect(configuration.server.user == "repl")
    #expect(configuration.range.from.offset == 4)
  }
}
