import Synchronization
import Wire

/// Decode, route, encode: what a server does with a message whatever socket it came by.
final class ServerCore: Sendable {
  private let routes: [String: Route]
  private let now: @Sendable () -> Int64
  private let failed: @Sendable (String, any Error) -> Void
  private let running = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)
  private let idle = Mutex<[Waiter<Bool>]>([])

  /// The method that every server answers by itself.
  static let listMethod = "reflection/list"

  init(
    _ routes: [Route], now: @escaping @Sendable () -> Int64,
    failed: @escaping @Sendable (String, any Error) -> Void
  ) {
    var table: [String: Route] = [:]
    for route in routes {
      precondition(table.updateValue(route, forKey: route.method) == nil, "\(route.method) is there twice")
    }
    if table[Self.listMethod] == nil { table[Self.listMethod] = Self.list(table.keys) }
    self.routes = table
    self.now = now
    self.failed = failed
  }

  private static func list(_ methods: some Collection<String>) -> Route {
    let text = JSONWriter.object { object in
      object.key("methods")
      object.array { array in
        for method in (methods + [listMethod]).sorted() { array.string(method) }
      }
    }
    let reply = Frames([text])
    return Route(quick: listMethod) { _ in reply }
  }

  /// Takes one message and sees to it that the slot gets its reply.
  func accept(_ message: consuming Message, _ slot: ServerSlot) {
    running.wrappingAdd(1, ordering: .sequentiallyConsistent)
    var id = ""
    do throws(WireError) {
      let body = try message.taken()
      slot.keep(message)
      let head = try RequestHead.decode(body.head[...])
      id = head.id
      let route = try admit(head)
      run(route, Request(head: head, payloads: body.payloads), slot)
    } catch {
      slot.reply(.failure(id: id, error))
    }
  }

  private func admit(_ head: RequestHead) throws(WireError) -> Route {
    if draining.load(ordering: .sequentiallyConsistent) { throw .unavailable("the server is stopping") }
    guard let route = routes[head.method] else { throw .unimplemented("there is no method \(head.method)") }
    guard head.deadline > now() else { throw .deadlineExceeded("the request came after its deadline") }
    return route
  }

  private func run(_ route: Route, _ request: Request, _ slot: ServerSlot) {
    if let quick = route.quick { return reply(Result { try quick(request) }, route, request, slot) }
    switch route.placement {
    case .inline:
      Task(executorPreference: CallbackExecutor.shared) { await self.answer(route, request, slot) }
    case .pool:
      Task { await self.answer(route, request, slot) }
    }
  }

  private nonisolated(nonsending) func answer(_ route: Route, _ request: Request, _ slot: ServerSlot) async {
    do {
      let payloads = try await route.handle(request)
      reply(.success(payloads), route, request, slot)
    } catch {
      reply(.failure(error), route, request, slot)
    }
  }

  private func reply(
    _ result: Result<Frames, any Error>, _ route: Route, _ request: Request, _ slot: ServerSlot
  ) {
    do {
      let payloads = try result.get()
      try payloads.check(headBytes: Limits.headBytesMax)
      slot.reply(encoded: ReplyHead.encodedOK(id: request.head.id), payloads)
    } catch {
      slot.reply(.failure(id: request.head.id, report(error, route.method)))
    }
  }

  /// What of a handler's error may travel.
  private func report(_ error: any Error, _ method: String) -> WireError {
    failed(method, error)
    if error is CancellationError { return .cancelled("the handler was cancelled") }
    guard let error = error as? WireError else { return .internal("the request failed inside") }
    let size = error.message.utf8.count + (error.details?.count ?? 0)
    // The id and JSON's escapes need room too.
    guard size <= Limits.headBytesMax / 8 else {
      return WireError(error.status, "the error is too long to send")
    }
    return error
  }

  /// A reply is with nng, or its asker is gone.
  func finished() {
    guard running.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 else { return }
    guard draining.load(ordering: .sequentiallyConsistent) else { return }
    for waiter in idle.withLock({ $0 }) { waiter.give(true) }
  }

  /// From now on requests are answered `unavailable`; waits for those before, or until the time is over.
  func drain(withinMilliseconds timeout: Int) async -> Bool {
    let waiter = Waiter<Bool>()
    idle.withLock { $0.append(waiter) }
    draining.store(true, ordering: .sequentiallyConsistent)
    if running.load(ordering: .sequentiallyConsistent) == 0 { return true }
    return await waiter.value(withinMilliseconds: timeout) ?? false
  }
}
