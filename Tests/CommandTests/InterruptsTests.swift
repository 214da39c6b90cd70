import Glibc
import Testing

@testable import Command

@Suite struct InterruptsTests {
  /// With signals that nobody else in this process listens to.
  @Test func aLaterListenerHearsAsWellAsAnEarlierOne() async {
    var first = Interrupts.stream(of: [SIGUSR1]).makeAsyncIterator()
    var second = Interrupts.stream(of: [SIGUSR1, SIGUSR2]).makeAsyncIterator()
    for _ in 0..<20 {
      #expect(kill(getpid(), SIGUSR1) == 0)
      #expect(await first.next() == SIGUSR1)
      #expect(await second.next() == SIGUSR1)
    }
    #expect(kill(getpid(), SIGUSR2) == 0)
    #expect(await second.next() == SIGUSR2)
  }
}
