import Glibc

/// How a child process is started.
struct ProcessPlan: Sendable {
  /// What people call it.
  var name: String
  var executable: String
  var arguments: [String] = []
  var environment: [String: String] = [:]
  /// The file that takes what it prints, appended.
  var log: String
}

/// Starts processes, each in a process group of its own: a terminal's Ctrl-C is then for the parent alone.
enum Spawn {
  /// Gives the process id; what this process has open closes there by itself (all of it is close-on-exec).
  static func start(_ plan: ProcessPlan) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, plan.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    prepare(&attributes)
    let words = [plan.executable] + plan.arguments
    let environment = plan.environment.map { "\($0.key)=\($0.value)" }.sorted()
    var child: pid_t = 0
    let code = withStrings(words) { words in
      withStrings(environment) { environment in
        posix_spawn(&child, plan.executable, &actions, &attributes, words, environment)
      }
    }
    guard code == 0 else {
      throw Fault("\(plan.executable) cannot be started: \(String(cString: strerror(code)))")
    }
    return child
  }

  /// Signals that the parent ignores or holds back are as usual in the child.
  private static func prepare(_ attributes: inout posix_spawnattr_t) {
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var usual = sigset_t()
    sigemptyset(&usual)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&usual, number) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
  }

  /// The words as C has them: an array of pointers that ends with a null pointer.
  static func withStrings<Result>(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// How a process ended.
enum Ending: Sendable, Hashable, CustomStringConvertible {
  case exited(code: Int32)
  case killed(signal: Int32)

  /// Reads what `waitpid` gave: the low seven bits are the signal, the next byte is the exit code.
  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited(code: status >> 8 & 0xff) : .killed(signal: signal)
  }

  var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .killed(let signal): "killed by signal \(signal)"
    }
  }
}
