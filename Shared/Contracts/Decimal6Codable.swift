import Foundation
import Wire

/// As a JSON number, exact: Foundation's `Decimal` holds every value that fits.
extension Decimal6: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = "\(try container.decode(Decimal.self))"
    guard let value = Decimal6(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the number \(text) is too large")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Decimal(string: description) ?? 0)
  }
}

/// Codable text of definitions and other cold things: members in snake case, keys sorted.
public enum Cold {
  /// The JSON text of a value.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  /// Reads JSON text; throws `invalid_argument` that names the member.
  public static func decode<T: Decodable>(_ type: T.Type, _ bytes: some Collection<UInt8>) throws(WireError)
    -> T
  {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .invalid(text(error))
    } catch {
      throw .invalid("the text is not JSON")
    }
  }

  private static func text(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "'\(path(context.codingPath + [key]))' is missing"
    case .valueNotFound(_, let context): "'\(path(context.codingPath))' may not be null"
    case .typeMismatch(_, let context): "'\(path(context.codingPath))': \(context.debugDescription)"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "'\(path(context.codingPath))': \(context.debugDescription)"
    default: "the text is not the JSON that was expected"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}
