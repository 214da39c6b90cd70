/// What every process of the wire keeps to; a length is checked before anything is allocated.
public enum Limits {
  /// The largest payload of one frame, in bytes (8 MB).
  public static let frameBytesMax = 8_388_608
  /// The largest message body with all its frames and their prefixes, in bytes (32 MB).
  public static let messageBytesMax = 33_554_432
  /// The most frames of one message, the head among them.
  public static let framesMax = 65_536
  /// The largest head, in bytes (64 KB).
  public static let headBytesMax = 65_536
  /// What stands before each payload: one byte flag and four bytes of length.
  public static let framePrefixBytes = 5
  /// The longest path of a socket, in bytes (`sun_path` without its NUL).
  public static let socketPathBytesMax = 107
}
