import Bytes
import Foundation

/// Paths of files as a Delta table's log has them: relative to the table's folder, encoded as in a URL.
package enum DeltaPath {
  /// Bytes that stand as they are.
  private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/=".utf8)

  /// The path, encoded.
  package static func encoded(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      if plain.contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.count < 2 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }

  /// The path that `text` encodes; `text` itself where it encodes none.
  package static func decoded(_ text: String) -> String { text.removingPercentEncoding ?? text }
}

/// Names of columns in Delta tables: those characters that Parquet readers of such tables do not allow are underscores.
package enum DeltaName {
  /// Characters that a mark behind them does not hide.
  private static let forbidden = Set(" ,;{}()\n\t=".unicodeScalars)
  /// The column of the partition, which is no column of a file.
  private static let taken = DeltaColumn.day.name

  /// The name of a column that the table calls `name`.
  package static func column(_ name: String) -> String {
    let name = String(String.UnicodeScalarView(name.unicodeScalars.map { forbidden.contains($0) ? "_" : $0 }))
    return name.lowercased() == taken ? "_\(name)" : name
  }
}
