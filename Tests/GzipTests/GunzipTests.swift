import Foundation
import Gzip
import Testing

struct GunzipTests {
  /// What the `gzip` program makes of bytes.
  private static func packed(_ bytes: [UInt8]) throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appending(path: "gunzip-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-c", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(data)
  }

  private static let text = (0..<60_000).flatMap { Array("\($0 * 7919 % 104_729),".utf8) }

  @Test func aTextComesBack() throws {
    for text in [Self.text, Array("a".utf8), []] {
      let packed = try Self.packed(text)
      #expect(try Gunzip.unpack(packed[...], bytesMax: text.count) == text)
    }
  }

  @Test("in pieces of any size, and several members behind each other", arguments: [1, 7, 4_096])
  func pieces(size: Int) throws {
    let packed = try Self.packed(Self.text) + Self.packed(Array("end".utf8))
    let gunzip = try Gunzip()
    var unpacked: [UInt8] = []
    for start in stride(from: 0, to: packed.count, by: size) {
      try gunzip.take(
        packed[start..<min(start + size, packed.count)], into: &unpacked, bytesMax: 1 << 30)
    }
    #expect(gunzip.isComplete)
    #expect(unpacked == Self.text + Array("end".utf8))
  }

  @Test func whatIsTooLargeIsRefusedBeforeItIsThere() throws {
    let bomb = try Self.packed([UInt8](repeating: 0, count: 50_000_000))
    #expect(throws: GzipError.tooLarge(bytesMax: 1_000_000)) {
      try Gunzip.unpack(bomb[...], bytesMax: 1_000_000)
    }
    let text = try Self.packed(Self.text)
    #expect(throws: GzipError.tooLarge(bytesMax: Self.text.count - 1)) {
      try Gunzip.unpack(text[...], bytesMax: Self.text.count - 1)
    }
  }

  @Test func brokenBytesAreRefused() throws {
    let packed = try Self.packed(Self.text)
    #expect(throws: GzipError.truncated) { try Gunzip.unpack(packed.dropLast(9), bytesMax: 1 << 30) }
    #expect(throws: GzipError.truncated) { try Gunzip.unpack([], bytesMax: 9) }
    #expect(throws: GzipError.damaged) { try Gunzip.unpack(Array("no gzip".utf8)[...], bytesMax: 9) }
    var broken = packed
    broken[packed.count / 2] ^= 0x55
    #expect(throws: GzipError.self) { try Gunzip.unpack(broken[...], bytesMax: 1 << 30) }
  }
}
