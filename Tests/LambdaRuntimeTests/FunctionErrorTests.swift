import Foundation
import LambdaRuntime
import Platform
import Testing

@Suite struct FunctionErrorTests {
  @Test func bodyOfTheDocumentation() {
    let error = FunctionError(type: "Connector.InvalidEvent", message: "a \"quote\" and\na line")
    #expect(
      String(decoding: error.body, as: UTF8.self)
        == #"{"errorMessage":"a \"quote\" and\na line","errorType":"Connector.InvalidEvent","stackTrace":[]}"#)
  }
}

@Suite struct EnvironmentTests {
  @Test func variablesAreSetAndTakenAway() {
    let name = "MBC_TEST_\(UInt32.random(in: 0...UInt32.max))"
    Environment.set(name, to: "one")
    Environment.set(name, to: "two")
    #expect(ProcessInfo.processInfo.environment[name] == "two")
    Environment.set(name, to: nil)
    #expect(ProcessInfo.processInfo.environment[name] == nil)
  }
}
