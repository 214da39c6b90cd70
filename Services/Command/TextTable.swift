/// Rows of text as columns; a column whose cells are all numbers stands to the right.
struct TextTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = [header] }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { Self.cell($0, column).count }.max() ?? 0 }
    let right = (0..<columns).map { column in
      rows.count > 1 && rows.dropFirst().allSatisfy { Self.isNumber(Self.cell($0, column)) }
    }
    return rows.map { row in
      let cells = (0..<columns).map { column in
        let cell = Self.cell(row, column)
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return right[column] ? blanks + cell : cell + blanks
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  private static func cell(_ row: [String], _ column: Int) -> String { column < row.count ? row[column] : "" }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" || $0 == "," }
  }
}

extension Int {
  /// With a comma after each three digits: `1,234,567`.
  var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return self < 0 ? "-" + text : text
  }
}
