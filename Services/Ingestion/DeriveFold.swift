import Contracts
import Journal
import Wire

extension IngestionFold {
  /// Derives marks, last numbers and waiting REVERSALs from an entry of the own journal: exactly what taking
  /// the drafts left behind.
  func derive(_ number: Int64, _ bytes: ArraySlice<UInt8>, _ work: inout Work<Self>) throws {
    let entry = try JournalledEvent(bytes)
    switch entry.kind {
    case ForgetEntry.kind: return drop(entry.customer, &work)
    case ForgetEntry.erased: return
    case "event": work.setIdentity(entry.identity.event(shape: entry.shape), number)
    case "reversal_waiting": try deriveWaiting(number, entry, &work)
    case "reversal": try deriveReversal(number, entry, &work)
    default: throw WireError.dataLoss("entry \(number) of the events is of the unknown kind '\(entry.kind)'")
    }
    let key = IngestionRow.customerKey(entry.customer)
    var residence = Residence(work.row(key))
    residence.last = number
    change(&residence, entry, bytes)
    work.set(key, residence.row)
  }

  /// Where the customer lives after an entry.
  private func change(_ residence: inout Residence, _ entry: JournalledEvent, _ bytes: ArraySlice<UInt8>) {
    if entry.type == EventType.profileUpdate.rawValue, let update = ZoneUpdate(bytes, zones) {
      residence.add(update)
    } else if entry.kind == "reversal", !residence.updates.isEmpty,
      let update = ZoneUpdate(entry.original, zones)
    {
      residence.remove(update)
    }
  }

  private func deriveWaiting(_ number: Int64, _ entry: JournalledEvent, _ work: inout Work<Self>) throws {
    let mark = try target(number, entry).takenBack
    work.setIdentity(entry.identity.reversal(shape: entry.shape), number)
    work.setIdentity(mark, number)
    let waiting = WaitingReversal(
      number: number, source: entry.source, id: entry.id, shape: entry.shape, customer: entry.customer)
    work.set(IngestionRow.waitingKey(mark), .waiting(waiting))
    work.registers.waiting += 1
  }

  /// The first reversal of a REVERSAL carries its marks, unless the waiting entry did.
  private func deriveReversal(_ number: Int64, _ entry: JournalledEvent, _ work: inout Work<Self>) throws {
    let mark = try target(number, entry).takenBack
    guard entry.waited != nil else {
      for mark in [mark, entry.identity.reversal(shape: entry.shape)] where work.identity(mark) == nil {
        work.setIdentity(mark, number)
      }
      return
    }
    let key = IngestionRow.waitingKey(mark)
    guard work.row(key) != nil else { return }
    work.set(key, nil)
    work.registers.waiting -= 1
  }

  private func target(_ number: Int64, _ entry: JournalledEvent) throws(WireError) -> RecordIdentity {
    guard let target = entry.target else {
      throw .dataLoss("entry \(number) of the events takes back a record that it does not name")
    }
    return target
  }
}
