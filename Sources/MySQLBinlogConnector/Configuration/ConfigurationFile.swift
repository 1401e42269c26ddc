import Foundation

/// A configuration file as text and as JSON values, before any value is checked.
enum ConfigurationFile {
  /// A larger file is not a configuration.
  static let maximumBytes = 1 << 20

  /// The bytes of the file at `path`.
  static func read(_ path: String) throws(ConfigurationProblem) -> [UInt8] {
    let data: Data
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      data = try file.read(upToCount: maximumBytes + 1) ?? Data()
    } catch {
      throw ConfigurationProblem(.fileNotFound, "the configuration file cannot be read: \(reason(of: error))")
    }
    guard data.count <= maximumBytes else {
      throw ConfigurationProblem(.parseError, "the file is larger than \(maximumBytes) bytes: it is no configuration")
    }
    return Array(data)
  }

  /// The values of the JSON object in `bytes`; unknown and repeated keys are reported to the reader.
  static func parse(_ bytes: [UInt8]) throws(ConfigurationProblem) -> ConfigurationReader {
    let bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ConfigurationProblem(.parseError, "the file is not UTF-8 text")
    }
    let keys: [JSONSyntax.Key]
    do throws(JSONSyntax.Mistake) {
      keys = try JSONSyntax.keys(of: bytes)
    } catch {
      throw ConfigurationProblem(.parseError, "line \(error.line), column \(error.column): expected \(error.expected)")
    }
    guard let values = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)) else {
      throw ConfigurationProblem(.parseError, "the file is not a JSON object")
    }
    return reader(values, problems: problems(with: keys))
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func reader(_ values: [String: JSONValue], problems: [ConfigurationProblem]) -> ConfigurationReader {
    var known: [ConfigurationKey: JSONValue] = [:]
    for (name, value) in values {
      if let key = ConfigurationKey(rawValue: name) { known[key] = value }
    }
    return ConfigurationReader(values: known, problems: problems)
  }

  /// Unknown keys, and keys that stand twice.
  private static func problems(with keys: [JSONSyntax.Key]) -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    var firstLines: [ConfigurationKey: Int] = [:]
    for key in keys {
      let name = key.name
      guard let known = ConfigurationKey(rawValue: name) else {
        let advice = ConfigurationKey.nearest(to: name).map { "the nearest one is \"\($0.rawValue)\"" }
        let message =
          "\(name.quotedForMessage) (line \(key.line)) is not a key; \(advice ?? "README.md lists those that are")"
        problems.append(ConfigurationProblem(.unknownKey, message))
        continue
      }
      if let first = firstLines.updateValue(key.line, forKey: known) {
        problems.append(
          ConfigurationProblem(known.errorName, "\(name) stands twice, in lines \(first) and \(key.line)"))
      }
    }
    return problems
  }

  /// The system's own words where Foundation passes them on.
  private static func reason(of error: any Error) -> String {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    guard cause.domain == NSPOSIXErrorDomain else { return cause.localizedDescription }
    return unsafe String(cString: strerror(Int32(truncatingIfNeeded: cause.code)))
  }
}
