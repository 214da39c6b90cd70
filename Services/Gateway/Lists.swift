import Contracts
import Wire

/// Which list a service is asked for.
struct ListQuestion: Sendable {
  let service: ServiceName
  let method: String
  /// Nil: the one of the customer.
  var partition: Int?
  /// The member of the answer that has the elements.
  var member = "results"
  /// Whether the service gives all elements, and takes no `limit`.
  var isWhole = false
  /// Which elements are wanted.
  var filter = Filter()
  /// What an element looks like outside.
  var shown: @Sendable (ArraySlice<UInt8>) throws(WireError) -> [UInt8]

  init(
    _ service: ServiceName, _ method: String, partition: Int? = nil, member: String = "results",
    isWhole: Bool = false, filter: Filter = Filter(),
    shown: @escaping @Sendable (ArraySlice<UInt8>) throws(WireError) -> [UInt8] = { Array($0) }
  ) {
    self.service = service
    self.method = method
    self.partition = partition
    self.member = member
    self.isWhole = isWhole
    self.filter = filter
    self.shown = shown
  }
}

extension API {
  /// A list about one customer, from the owner of its partition.
  func list(
    _ question: ListQuestion, of customer: String, _ call: Call, _ more: (inout JSONWriter) -> Void = { _ in }
  ) async throws -> Answer {
    var question = question
    question.partition = peers.partition(of: customer)
    return try await list(question, call) { writer in
      writer.member("customer_id", customer)
      more(&writer)
    }
  }

  /// The first element of a whole list whose member is this text.
  func first(
    _ question: ListQuestion, _ member: String, _ text: String, _ call: Call
  ) async throws -> ArraySlice<UInt8>? {
    let reply = try await peers.read(
      question.service, question.method, partition: question.partition ?? peers.definitions,
      JSONWriter.object { _ in }, for: call)
    let filter = Filter(member, is: text)
    return try AnswerText(reply).object().elements(question.member).first { try filter.keeps($0) }
  }

  /// A page of a list; without a partition that of the definitions is asked.
  func list(
    _ question: ListQuestion, _ call: Call, _ write: (inout JSONWriter) -> Void = { _ in }
  ) async throws -> Answer {
    let page = try ListPage(call.query)
    let payload = JSONWriter.object { writer in
      write(&writer)
      if !question.isWhole { writer.member("limit", page.asked(question)) }
    }
    let reply = try await peers.read(
      question.service, question.method, partition: question.partition ?? peers.definitions, payload,
      for: call)
    let answer = try AnswerText(reply).object()
    return Answer(body: try page.body(answer, question, target: call.target))
  }
}
