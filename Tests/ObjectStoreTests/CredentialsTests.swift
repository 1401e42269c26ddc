import Foundation
import ObjectStore
import Testing

@Suite struct CredentialsTests {
  @Test func nothingShowsThem() throws {
    let keys = try #require(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "SECRET", sessionToken: "TOKEN"))
    var dumped = ""
    dump(keys, to: &dumped)
    for text in ["\(keys)", String(reflecting: keys), dumped, "\([keys])"] {
      for part in ["AKID", "SECRET", "TOKEN"] { #expect(!text.contains(part)) }
    }
  }

  private static let answer = """
    {"AccessKeyId": "ASIA", "SecretAccessKey": "S", "Token": "T", "Expiration": "2026-01-02T03:04:05Z", "Code": "Success"}
    """

  @Test func answersOfAContainer() throws {
    let keys = try ContainerCredentials.credentials(in: Array(Self.answer.utf8))
    #expect(keys.accessKeyID == "ASIA" && keys.secretAccessKey == "S" && keys.sessionToken == "T")
    #expect(keys.expiration == (try Date("2026-01-02T03:04:05Z", strategy: .iso8601)))
    let fraction = Self.answer.replacing("05Z", with: "05.250Z")
    #expect(
      try ContainerCredentials.credentials(in: Array(fraction.utf8)).expiration?.timeIntervalSince1970
        == 1_767_323_045.25)
    let without = "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\"}"
    #expect(try ContainerCredentials.credentials(in: Array(without.utf8)).expiration == nil)
  }

  @Test func answersThatWereCut() {
    let bytes = Array(Self.answer.utf8)
    for count in 0..<bytes.count {
      #expect(throws: ContainerCredentials.Failure.self) {
        try ContainerCredentials.credentials(in: Array(bytes[..<count]))
      }
    }
  }

  @Test(arguments: [
    "{}", "null", "[]", "{\"AccessKeyId\": \"A\"}", "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"\"}",
    "{\"AccessKeyId\": \"A\\nX: y\", \"SecretAccessKey\": \"S\"}",
    "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"SECRET\", \"Expiration\": \"tomorrow\"}",
  ])
  func malformedAnswers(_ text: String) {
    do throws(ContainerCredentials.Failure) {
      _ = try ContainerCredentials.credentials(in: Array(text.utf8))
      Issue.record("no error")
    } catch {
      #expect(!error.reason.contains("SECRET"))
    }
  }

  @Test(arguments: [
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"], true),
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "v2"], false),
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.example/"], false),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1"], true),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://[fd00:ec2::23]/v1"], true),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.3.2.1:80/v1"], true),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/v1"], true),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://keys.example/v1"], true),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://keys.example/v1"], false),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1.keys.example/v1"], false),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1@keys.example/v1"], false),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///etc/passwd"], false),
    (
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: y",
      ], false
    ),
  ])
  func endpointsOfContainers(_ variables: [String: String], _ isGood: Bool) {
    let environment = variables.merging(["AWS_REGION": "r"]) { $1 }
    #expect(((try? S3Settings(environment: environment)) != nil) == isGood)
  }

  @Test func theEnvironmentGoesFirst() throws {
    let variables = [
      "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_REGION": "r",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2",
    ]
    #expect(try S3Settings(environment: variables).credentials.summary == "environment")
  }
}
