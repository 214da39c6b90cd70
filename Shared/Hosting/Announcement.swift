import Foundation
import Messaging
import Wire

/// The texts of `registry/announce`: one replica goes out, the whole membership comes back.
///
/// Request payload: a replica's JSON object. Reply payload: `{"members": [replica, ...]}`.
public enum Announcement {
  /// The method's name.
  public static let method = "registry/announce"

  private struct Members: Codable { var members: [Replica] }

  /// A request's payload.
  public static func encode(_ replica: Replica) throws(WireError) -> [UInt8] { try text(replica) }

  /// A reply's payload.
  public static func encode(members: [Replica]) throws(WireError) -> [UInt8] {
    try text(Members(members: members))
  }

  /// Reads a request's payload; throws `invalid_argument`.
  public static func replica(_ payload: ArraySlice<UInt8>) throws(WireError) -> Replica {
    try value(Replica.self, payload)
  }

  /// Reads a reply's payload; throws `invalid_argument`.
  public static func members(_ payload: ArraySlice<UInt8>) throws(WireError) -> [Replica] {
    try value(Members.self, payload).members
  }

  private static func text(_ value: some Encodable) throws(WireError) -> [UInt8] {
    do {
      return [UInt8](try JSONEncoder().encode(value))
    } catch {
      throw .internal("a membership cannot be written", cause: error)
    }
  }

  private static func value<Value: Decodable>(
    _ type: Value.Type, _ payload: ArraySlice<UInt8>
  ) throws(WireError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(payload))
    } catch {
      throw .invalid("the announcement cannot be read", cause: error)
    }
  }
}
