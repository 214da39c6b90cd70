import Foundation

extension String {
  /// Whether it is written in Unicode's composed form (NFC), of which every text has just one.
  ///
  /// Swift takes two spellings of a text for equal ("é" as one scalar or as two); as ids they would be two
  /// in a journal and one in a dictionary.
  public var isComposed: Bool {
    utf8.allSatisfy { $0 < 0x80 } || utf8.elementsEqual(precomposedStringWithCanonicalMapping.utf8)
  }
}
