/// One row of a result, readable inside the closure it is given to and nowhere else.
///
/// Columns count from 0. NULL reads as 0, `""` or `[]`: ask `isNull` where the difference matters.
/// A value of another kind is converted as SQLite does: text to its number or 0, a number to its digits.
public struct Row: ~Copyable {
  private let cells: any Cells

  init(_ cells: any Cells) { self.cells = cells }

  /// The number of columns.
  public var count: Int { cells.count }

  public func isNull(_ column: Int) -> Bool { cells.isNull(column) }

  public func integer(_ column: Int) -> Int64 { cells.integer(column) }

  public func text(_ column: Int) -> String { cells.text(column) }

  public func blob(_ column: Int) -> [UInt8] { [UInt8](cells.bytes(column)) }

  /// Gives the bytes of a blob or text without a copy; they are gone when `body` returns.
  public func withBlob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try body(cells.bytes(column))
  }

  /// The value with its own kind; a floating-point number comes as text.
  public func value(_ column: Int) -> SQLValue { cells.value(column) }
}

/// The current row as a driver sees it; pointers live until the driver steps on.
protocol Cells: AnyObject {
  var count: Int { get }
  func isNull(_ column: Int) -> Bool
  func integer(_ column: Int) -> Int64
  func text(_ column: Int) -> String
  func bytes(_ column: Int) -> UnsafeRawBufferPointer
  func value(_ column: Int) -> SQLValue
}
