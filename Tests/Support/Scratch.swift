import Foundation
import Storage

/// A temporary folder with a short path, removed at its end.
public final class ScratchFolder: Sendable {
  public let path: String

  public init() throws {
    path = "/tmp/laurel-" + String(UUID().uuidString.prefix(8))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A fresh database of an engine: a file of this folder, or one of the private cluster.
  public func database(_ engine: Engine, _ name: String) throws -> DatabaseURL {
    switch engine {
    case .sqlite: try DatabaseURL("sqlite:\(path)/\(name).sqlite")
    case .postgres: try PrivatePostgres.shared().freshDatabase()
    }
  }
}

extension Engine {
  /// The engines that tests run on: PostgreSQL only where its binaries are installed.
  public static var tested: [Engine] {
    if PrivatePostgres.isAvailable { return [.sqlite, .postgres] }
    print("PostgreSQL is not installed: its half of the suite is skipped")
    return [.sqlite]
  }
}

/// A small seeded generator (SplitMix64, Steele, Lea and Flood), so that a failing run can be repeated.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
