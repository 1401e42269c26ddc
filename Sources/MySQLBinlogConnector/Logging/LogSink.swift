import Foundation
import Platform
import Synchronization

/// Where the lines of all loggers go, one at a time, and the progress line that stays below them on a terminal.
package final class LogSink: Sendable {
  private struct State {
    var output: LineOutput
    var level: LogLevel
    var progress: String?
    var form = Form.text
  }

  /// How lines look.
  package enum Form: Sendable, Equatable {
    /// "info(main): connected successfully".
    case text
    /// A JSON object, with the id of the Lambda invocation that is being handled.
    case json(requestID: String?)
  }

  /// The sink of every logger that swift-log makes.
  package static let shared = LogSink(.standardError, level: .info)

  private let state: Mutex<State>
  private let allowsColour: Bool

  /// A sink for lines of `level` and above.
  ///
  /// - Parameter environment: there is no colour where it holds a non-empty `NO_COLOR`, see <https://no-color.org>.
  package init(
    _ output: LineOutput, level: LogLevel, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    state = Mutex(State(output: output, level: level))
    allowsColour = (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Sends all further lines to `output`, from `level` on.
  package func redirect(to output: LineOutput, level: LogLevel) {
    showProgress(nil)
    state.withLock { state in
      state.output = output
      state.level = level
    }
  }

  /// Gives all further lines this form.
  package func setForm(_ form: Form) { state.withLock { $0.form = form } }

  /// True if lines go to a log file, rather than to standard error.
  package var writesToFile: Bool { state.withLock { $0.output !== LineOutput.standardError } }

  /// The least severe level that is written.
  package var level: LogLevel { state.withLock { $0.level } }

  /// The width of the terminal that lines go to, or nil where they go elsewhere.
  package var terminalWidth: Int? {
    state.withLock { state in
      guard Terminal.isTerminal(state.output.fileDescriptor) else { return nil }
      return Terminal.width(state.output.fileDescriptor) ?? 80
    }
  }

  /// Writes one line, above the progress line if there is one.
  package func write(_ line: LogLine) {
    state.withLock { state in
      let text = text(of: line, state) + "\n"
      Self.write(state.progress.map { "\(Self.clearLine)\(text)\($0)" } ?? text, &state)
    }
  }

  private func text(of line: LogLine, _ state: State) -> String {
    switch state.form {
    case .text: line.text(inColour: allowsColour && Terminal.isTerminal(state.output.fileDescriptor))
    case .json(let requestID): line.json(at: Date(), requestID: requestID)
    }
  }

  /// Draws `text` in place of the progress line before; nil takes the progress line away.
  package func showProgress(_ text: String?) {
    let text = text.map(LogLine.escaped)
    state.withLock { state in
      guard state.progress != text else { return }
      state.progress = text
      Self.write("\(Self.clearLine)\(text ?? "")", &state)
    }
  }

  private static let clearLine = "\r\u{1B}[K"

  /// A log file that can no longer be written to does not end the run: its lines go to standard error from then on.
  private static func write(_ text: String, _ state: inout State) {
    do throws(SystemError) {
      try state.output.write(text)
    } catch {
      guard state.output !== LineOutput.standardError else { return }
      state.output = .standardError
      let notice = LogLine(level: .warn, scope: "main", message: "the log goes on here: \(error)").text(inColour: false)
      try? state.output.write("\(notice)\n\(text)")
    }
  }
}
