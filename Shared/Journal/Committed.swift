import Synchronization

/// The last committed registers and definitions of each owned partition, for readers.
final class Committed<F: Fold>: Sendable {
  private let rows = Mutex<[Int: (registers: F.Registers, definitions: F.Definitions)]>([:])

  func put(_ partition: Int, registers: F.Registers?, definitions: F.Definitions?) {
    rows.withLock { rows in
      if let registers, let definitions {
        rows[partition] = (registers, definitions)
      } else {
        if let registers { rows[partition]?.registers = registers }
        if let definitions { rows[partition]?.definitions = definitions }
      }
    }
  }

  func drop(_ partition: Int) { rows.withLock { $0[partition] = nil } }

  func get(_ partition: Int) -> (registers: F.Registers, definitions: F.Definitions)? {
    rows.withLock { $0[partition] }
  }
}
