import Foundation
import LambdaRuntime
import Logging
import Pipeline
import Platform

/// The function: one run of limited time for each invocation.
struct LambdaFunction {
  private let configuration: Configuration
  private let environment: LambdaEnvironment
  private let variables: [String: String]
  private let log = Logger(label: "main")

  /// The function of `configuration`, in a process that has the environment `variables`.
  init(_ configuration: Configuration, _ environment: LambdaEnvironment, _ variables: [String: String]) {
    self.configuration = configuration
    self.variables = variables
    self.environment = environment
  }

  /// Handles an invocation, and returns the JSON text of its response.
  ///
  /// - Throws: `FunctionError`, after it was logged.
  func handle(_ invocation: LambdaInvocation) throws(FunctionError) -> [UInt8] {
    if environment.logsJSON { LogSink.shared.setForm(.json(requestID: invocation.requestID)) }
    do throws(FunctionError) {
      let response = try response(to: invocation)
      log.info("\(response.reason): \(response.rows) rows in \(response.files.count) files, more: \(response.more)")
      tell(response, invocation)
      return response.body
    } catch {
      for line in error.errorMessage.split(separator: "\n") { log.error("\(line)") }
      tell(nil, invocation)
      throw error
    }
  }

  private func response(to invocation: LambdaInvocation) throws(FunctionError) -> LambdaResponse {
    let event = try LambdaEvent(invocation.event)
    let time = InvocationTime(
      left: invocation.secondsLeft, margin: configuration.lambda.marginSeconds, most: event.maxSeconds)
    let outcome: RunOutcome
    do throws(RunError) { outcome = try run(event, time) } catch {
      // Only the end of the time interrupts.
      guard error.exitCode != .success else { throw .noProgress(at: nil, event, time) }
      throw FunctionError(error)
    }
    guard outcome.hasProgress || !outcome.hasMore else { throw .noProgress(at: "\(outcome.start)", event, time) }
    return LambdaResponse(outcome, to: event, requestID: invocation.requestID)
  }

  private func run(_ event: LambdaEvent, _ time: InvocationTime) throws(RunError) -> RunOutcome {
    let configuration: Configuration
    do { configuration = try self.configuration(for: event, time) } catch { throw .configuration(error) }
    let interrupt: InterruptSource
    do { interrupt = try InterruptSource() } catch { throw .system(error) }
    let limit = TimeLimit(time.schedule(), interrupt)
    limit.start()
    defer { limit.stop() }
    let request = RunRequest(
      start: Self.start(of: event), rowLimit: event.maxRows, timeLimit: limit, isOneOfMany: true)
    return try Session(configuration, request, interrupt).run()
  }

  private static func start(of event: LambdaEvent) -> RunRequest.Start {
    switch (event.next ?? event.start)?.place {
    case .reached(let checkpoint): .place(checkpoint)
    case .position, .gtids: .configured
    case nil: .kept
    }
  }

  /// The configuration of one invocation.
  ///
  /// With a checkpoint the output is cut at each quarter of the time: a long transaction that has no end in time then takes
  /// no more with it, and has three quarters at least the next time. Without a checkpoint a file would be called otherwise
  /// whenever an event is handled again.
  private func configuration(
    for event: LambdaEvent, _ time: InvocationTime
  ) throws(ConfigurationError) -> Configuration {
    var configuration = try configuration.overridden(by: event, variables)
    guard configuration.durability.checkpointFile != nil else { return configuration }
    let roll = configuration.durability.roll
    let quarter = max(1, Int(time.reading / 4))
    configuration.durability.roll = RollPolicy(
      seconds: min(roll.seconds ?? quarter, quarter), rows: roll.rows, bytes: roll.bytes)
    return configuration
  }

  /// Writes the figures to standard output; those of an invocation that failed are zero.
  private func tell(_ response: LambdaResponse?, _ invocation: LambdaInvocation) {
    let metrics = EmbeddedMetrics(
      functionName: environment.functionName, requestID: invocation.requestID, rows: response?.rows ?? 0,
      bytes: response?.bytes ?? 0, files: response?.files.count ?? 0, lagMilliseconds: response?.lagMilliseconds ?? nil)
    do throws(SystemError) {
      try LineOutput.standardOutput.write(metrics.line(at: Date()) + "\n")
    } catch {
      log.warning("the metrics could not be written: \(error)")
    }
  }
}
