import ArgumentParser
import Glibc

/// Becomes another program that ends with the process that started it.
///
/// The kernel's death signal must be asked for by the process itself, between its start and its program; so
/// `laurel up` starts this, and this becomes the service.
struct HoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Becomes a program that ends with the process that started it.",
    shouldDisplay: false)

  @Option(help: "The process that must still be there.")
  var parent: Int32

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
  var words: [String]

  /// PR_SET_PDEATHSIG of linux/prctl.h.
  private static let setDeathSignal: Int32 = 1

  /// `prctl` has a variable number of arguments in C, which Swift does not import; whole numbers travel the
  /// same way in both forms on the processors that Linux runs on.
  private typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

  func run() throws {
    let program = words.drop { $0 == "--" }
    guard let executable = program.first else { throw ValidationError("a program is missing") }
    if let symbol = dlsym(nil, "prctl") {
      let control = unsafeBitCast(symbol, to: Control.self)
      _ = control(Self.setDeathSignal, UInt(SIGTERM), 0, 0, 0)
    }
    // It may have gone before the signal was asked for.
    guard getppid() == parent else { throw ExitCode.failure }
    Spawn.withStrings(Array(program)) { _ = execv(executable, $0) }
    throw Fault("\(executable) cannot be started: \(String(cString: strerror(errno)))")
  }
}
