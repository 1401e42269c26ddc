import Platform

extension Connection {
  /// Tries every address of the host, each with its share of the time.
  static func connect(_ options: ConnectionOptions) throws(WireError) -> Link {
    do throws(WireFailure) { try options.check() } catch { throw WireError(.connect, options, error) }
    let seconds = options.connectTimeoutSeconds
    let deadline = Deadline(secondsFromNow: Double(seconds))
    let addresses = try resolve(options, deadline)
    var last = WireFailure.unknownHost("no address")
    for (index, address) in addresses.enumerated() {
      do throws(SocketError) {
        let socket = try Socket(
          connectingTo: address, deadline: deadline.share(of: addresses.count - index), interrupt: options.interrupt)
        options.notice(.connected(address: address.host))
        return Link(socket, .until(Deadline(secondsFromNow: Double(seconds)), seconds: seconds))
      } catch {
        last = WireFailure(error, seconds: seconds)
        if error == .interrupted { break }
        options.notice(.addressFailed(address: address.host, reason: last.description))
      }
    }
    throw WireError(.connect, options, last)
  }

  private static func resolve(
    _ options: ConnectionOptions, _ deadline: Deadline
  ) throws(WireError) -> [SocketAddress] {
    do throws(ResolveError) {
      return try Resolver.addresses(
        of: options.host, port: options.port, deadline: deadline, interrupt: options.interrupt)
    } catch {
      throw WireError(.resolve, options, WireFailure(error, seconds: options.connectTimeoutSeconds))
    }
  }

  /// Carries out what the login's state machine asks for, up to its end.
  static func logIn(_ options: ConnectionOptions, _ commands: inout CommandPhase) throws(WireError) -> HandshakeV10 {
    var activity = WireError.Activity.login
    do throws(WireFailure) {
      var login = LoginStateMachine(options)
      var action = try commands.receive(for: &login)
      while true {
        switch action {
        case .send(let payload):
          try commands.reply(payload)
          action = try commands.receive(for: &login)
        case .startTLS(let request):
          activity = .tls
          try commands.reply(request)
          try commands.startTLS(options.tls, host: options.host)
          options.notice(.encrypted(version: commands.transport.tlsVersion ?? "TLS"))
          activity = .login
          action = try login.tlsStarted()
        case .wait:
          action = try commands.receive(for: &login)
        case .finished(let greeting):
          return greeting
        }
      }
    } catch {
      commands.transport.close()
      throw WireError(activity, options, error)
    }
  }
}
