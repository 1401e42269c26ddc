import ObjectStore
import Testing

/// Requests end with the time that there is.
@Suite struct S3DeadlineTests {
  /// Nobody listens at port 9; without a deadline ten attempts take about forty seconds.
  private static func client(_ deadline: S3Deadline) throws -> S3Client {
    let settings = try S3Settings(environment: [
      "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S",
    ])
    return S3Client(settings, policy: RetryPolicy(attempts: 1000), deadline: deadline)
  }

  private static func error(_ client: S3Client, isEnding: Bool = false) -> S3Error? {
    do throws(S3Error) {
      _ = try client.get(S3URI(known: "s3://bucket/key"), isEnding: isEnding)
      return nil
    } catch {
      return error
    }
  }

  @Test func nothingIsSentAfterIt() throws {
    let now = ContinuousClock.now
    let error = try #require(try Self.error(Self.client(S3Deadline(work: now, ending: now))))
    #expect(error.attempts == 1 && error.status == nil)
    #expect(error.description == "GetObject s3://bucket/key: there was no time left to send it")
    #expect(error.advice.contains("more time"))
  }

  @Test func attemptsEndWithIt() throws {
    let deadline = ContinuousClock.now + .seconds(2)
    let error = try Self.error(Self.client(S3Deadline(work: deadline, ending: deadline)))
    #expect(error != nil)
    // A machine that is busy may be late.
    #expect(ContinuousClock.now < deadline + .seconds(15))
  }

  @Test func whatEndsARunHasMoreTime() throws {
    let now = ContinuousClock.now
    let client = try Self.client(S3Deadline(work: now, ending: now + .seconds(2)))
    let error = try #require(Self.error(client, isEnding: true))
    #expect(!error.description.hasSuffix("there was no time left to send it"))
    #expect(ContinuousClock.now < now + .seconds(17))
  }
}

extension S3URI {
  fileprivate init(known text: String) {
    do { try self.init(text) } catch { preconditionFailure("\(error)") }
  }
}
