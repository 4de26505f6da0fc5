#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A place where bytes of other people come in, and what has to hold whatever they are.
///
/// A decoder may take an input or refuse it with its own error; it may not trap, and what it takes has to
/// be consistent: a failed `require(_:_:)` is a finding like a crash. The package's tests compile these files
/// too and run every entry over the corpus, with a `require` of their own.
struct FuzzEntry: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  /// All of them: first what a network reaches.
  static let all: [FuzzEntry] = {
    #if OpenInference
      wire + openInference + documents + files
    #else
      wire + documents + files
    #endif
  }()
}

/// The entry that this process was started for.
enum ChosenEntry {
  static let entry: FuzzEntry? = getenv("HI_FUZZ_ENTRY").flatMap { name in
    FuzzEntry.all.first { $0.name == String(cString: name) }
  }
}

/// A refusal says why, whatever it is about: writing the sentence may not trap either.
func requireSentence(_ error: any Error) { require(!"\(error)".isEmpty, "an error's sentence") }

/// Bytes that choose something, taken from the front of an input.
struct Choices {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next byte; 0 at the end.
  mutating func next() -> UInt8 { rest.popFirst() ?? 0 }

  /// What is left, cut into pieces as a network might: all of one size.
  func pieces(of size: Int) -> [ArraySlice<UInt8>] {
    stride(from: rest.startIndex, to: rest.endIndex, by: max(1, size)).map {
      rest[$0..<min($0 + max(1, size), rest.endIndex)]
    }
  }
}
