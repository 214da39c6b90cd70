import Glibc
import Testing

@testable import Messaging

struct WorkersTests {
  /// Whatever rests, a worker for each core is left, and two in any case.
  @Test func enoughWorkersStayAwake() {
    let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let resting = Workers.resting
    #expect(resting >= 0 && resting <= cores)
    let awake = Workers.gather { _ in 0 }.workers
    #expect(awake >= max(2, cores))
    // nng 1.5 starts two a core: none is missing and none awake that was to rest.
    #expect(awake + resting <= 2 * cores)
  }
}
