import Platform
import Testing

@Suite struct SocketResolverTests {
  static func addresses(_ host: String) throws(ResolveError) -> [String] {
    try Resolver.addresses(of: host, port: 3306, deadline: Deadline(secondsFromNow: 10), interrupt: nil).map(\.host)
  }

  @Test(arguments: ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::1"])
  func addressesStandForThemselves(host: String) throws {
    #expect(try Self.addresses(host) == [host])
    #expect(Resolver.isAddress(host))
  }

  @Test func names() throws {
    let found = try Self.addresses("localhost")
    #expect(found.contains("127.0.0.1") || found.contains("::1"))
    #expect(!Resolver.isAddress("localhost"))
  }

  @Test(arguments: ["", "a\0b", "no such name", "no-such-host.invalid"])
  func unknownNames(host: String) {
    #expect(throws: ResolveError.self) { try Self.addresses(host) }
    #expect(!Resolver.isAddress(host))
  }

  @Test func triggeredInterruptEndsTheLookUp() throws {
    let interrupt = try InterruptSource()
    interrupt.trigger()
    #expect(throws: ResolveError.interrupted) {
      try Resolver.addresses(
        of: "no-such-host.invalid", port: 1, deadline: Deadline(secondsFromNow: 10), interrupt: interrupt)
    }
  }
}

@Suite struct DeadlineTests {
  @Test(arguments: [(-1.0, 0...0), (0, 0...0), (1, 900...1000), (1e300, Int32.max - 1...Int32.max)])
  func millisecondsLeft(seconds: Double, expected: ClosedRange<Int32>) {
    #expect(expected.contains(Deadline(secondsFromNow: seconds).millisecondsLeft) || seconds > 1e6)
    #expect(Deadline(secondsFromNow: seconds).millisecondsLeft >= 0)
  }

  @Test func share() {
    let part = Deadline(secondsFromNow: 9).share(of: 3).millisecondsLeft
    #expect((2500...3000).contains(part))
    #expect(Deadline(secondsFromNow: 1).share(of: 0).millisecondsLeft <= 1000)
  }
}
