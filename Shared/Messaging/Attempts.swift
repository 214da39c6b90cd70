import Wire

/// Decides after each failed try whether there is another, as a value: no clock, no waiting.
struct Attempts {
  enum Next: Equatable {
    /// Not run there; the named instance owns it.
    case redirect(String)
    /// Look again after so many milliseconds.
    case again(Int)
    case fail
  }

  /// The first and the longest pause between two tries, in milliseconds.
  static let pauseMilliseconds = (first: 10, longest: 200)

  /// Whether the request may run twice: idempotent, or with a key.
  let mayRepeat: Bool
  private var redirected = false
  private var pause = pauseMilliseconds.first

  init(mayRepeat: Bool) { self.mayRepeat = mayRepeat }

  mutating func after(_ error: WireError, remainingMilliseconds: Int64) -> Next {
    if error.status == .failedPrecondition, let owner = error.owner {
      if !redirected {
        redirected = true
        return .redirect(owner)
      }
      return mayRepeat ? again(error, remainingMilliseconds) : .fail
    }
    let passing =
      error.status == .unavailable || (error.status == .deadlineExceeded && error.cause is Failure)
    return mayRepeat && passing ? again(error, remainingMilliseconds) : .fail
  }

  private mutating func again(_ error: WireError, _ remaining: Int64) -> Next {
    let wait = max(pause, error.retryAfterMilliseconds ?? 0)
    guard Int64(wait) < remaining else { return .fail }
    pause = min(pause * 2, Self.pauseMilliseconds.longest)
    redirected = false
    return .again(wait)
  }
}
