import MySQLBinlogConnector
import ObjectStore
import Testing

/// Output and checkpoint in an object store.
@Suite struct StorageLocationTests {
  private static let environment = [
    "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_REGION": "eu-central-1",
  ]

  @Test func addresses() throws {
    let settings = try configuration(
      json([
        "output_mode": "\"parquet\"", "parquet_output_dir": "\"s3://bucket/a/b/\"",
        "checkpoint_file": "\"s3://other/place.json\"",
      ]), environment: Self.environment)
    #expect(settings.output.delivery.place == .s3(try S3URI("s3://bucket/a/b")))
    #expect(settings.durability.checkpointFile == .s3(try S3URI("s3://other/place.json")))
    #expect(settings.objectStore?.region == "eu-central-1")
    let summary = settings.summary.joined(separator: "\n")
    #expect(summary.contains("dir=s3://bucket/a/b ") && summary.contains("checkpoint: file=s3://other/place.json"))
    #expect(summary.contains("object store: region=eu-central-1 endpoint=AWS credentials=environment"))
    #expect(!summary.contains("AKID") && !summary.contains("SECRET"))
  }

  /// Text does not need the store, nor do paths.
  @Test func nothingIsAskedOfTheEnvironmentInVain() throws {
    #expect(try configuration(json(["parquet_output_dir": "\"s3://bucket/a\""])).objectStore == nil)
    let settings = try configuration(json(["output_mode": "\"parquet\"", "parquet_output_dir": "\"s3:x/y\""]))
    #expect(settings.output.delivery.place == .path("s3:x/y") && settings.objectStore == nil)
  }

  @Test(arguments: [
    ("parquet_output_dir", "s3://bu"), ("parquet_output_dir", "s3://bucket//a"),
    ("parquet_output_dir", "gs://bucket/a"),
    ("checkpoint_file", "s3://bucket"), ("checkpoint_file", "s3://bucket/folder/"), ("checkpoint_file", "https://a/b"),
    ("parquet_output_dir", "S3://bucket/a"),
  ])
  func whatIsNoAddress(_ key: String, _ text: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try configuration(json(["output_mode": "\"parquet\"", key: "\"\(text)\""]), environment: Self.environment)
    }
    let problem = try #require(error?.problems.first)
    #expect(error?.problems.count == 1 && problem.name == .invalidValue)
    #expect(problem.message.hasPrefix(key + " ") && problem.message.contains(text))
  }

  @Test(arguments: [
    ["AWS_ACCESS_KEY_ID": ""], ["AWS_SECRET_ACCESS_KEY": ""], ["AWS_REGION": ""], ["AWS_ENDPOINT_URL_S3": "nowhere"],
  ])
  func whatTheEnvironmentLacks(_ change: [String: String]) throws {
    for key in ["parquet_output_dir", "checkpoint_file"] {
      let error = #expect(throws: ConfigurationError.self) {
        try configuration(
          json(["output_mode": "\"parquet\"", key: "\"s3://bucket/a\""]),
          environment: Self.environment.merging(change) { $1 })
      }
      #expect(error?.problems.map(\.name) == [.invalidValue])
      #expect(error?.description.contains("\(key) is in an object store, but ") == true)
    }
  }

  @Test(arguments: [
    ("out", "out/place.json"), ("out/", "./out/state/place.json"), ("./out", "out"),
    ("/data//out", "/data/out/a/b.json"),
    (".", "place.json"), ("s3://bucket/a", "s3://bucket/a/place.json"), ("s3://bucket/a/", "s3://bucket/a/b/c"),
    ("s3://bucket", "s3://bucket/place.json"),
  ])
  func aCheckpointAmongTheOutput(_ folder: String, _ checkpoint: String) throws {
    let changes = ["parquet_output_dir": "\"\(folder)\"", "checkpoint_file": "\"\(checkpoint)\""]
    let error = #expect(throws: ConfigurationError.self) {
      try configuration(json(changes.merging(["output_mode": "\"parquet\""]) { $1 }), environment: Self.environment)
    }
    let problem = try #require(error?.problems.first)
    #expect(error?.problems.count == 1 && problem.name == .invalidValue)
    #expect(problem.message.hasPrefix("checkpoint_file must be outside of parquet_output_dir"))
    // Text has no such folder.
    _ = try configuration(json(changes), environment: Self.environment)
  }

  @Test(arguments: [
    ("out", "place.json"), ("out", "out.json"), ("out", "output/place.json"), ("out", "out/../state/place.json"),
    ("/data/out", "out/place.json"), ("out", "s3://bucket/out/place.json"),
    ("s3://bucket/a", "s3://bucket/ab/place.json"),
    ("s3://bucket/a", "s3://bucket/a.json"), ("s3://bucket/a", "s3://other/a/place.json"), ("s3://bucket/a", "a/b"),
  ])
  func aCheckpointBesideTheOutput(_ folder: String, _ checkpoint: String) throws {
    let settings = try configuration(
      json([
        "output_mode": "\"parquet\"", "parquet_output_dir": "\"\(folder)\"", "checkpoint_file": "\"\(checkpoint)\"",
      ]), environment: Self.environment)
    #expect(settings.durability.checkpointFile?.description == checkpoint)
  }
}
