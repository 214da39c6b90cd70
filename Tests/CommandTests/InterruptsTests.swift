import Glibc
import Testing

@testable import Command

@Suite(.serialized) struct InterruptsTests {
  @Test func aLaterListenerHearsAsWellAsAnEarlierOne() async {
    var first = Interrupts.stream().makeAsyncIterator()
    var second = Interrupts.stream().makeAsyncIterator()
    #expect(kill(getpid(), SIGTERM) == 0)
    #expect(await first.next() == SIGTERM)
    #expect(await second.next() == SIGTERM)
    #expect(kill(getpid(), SIGINT) == 0)
    #expect(await first.next() == SIGINT)
    #expect(await second.next() == SIGINT)
  }
}
