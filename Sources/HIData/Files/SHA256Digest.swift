#if canImport(CryptoKit)
  internal import CryptoKit
#else
  internal import CSodium
#endif

/// A SHA-256 (FIPS 180-4) of some bytes, by the system's library: CryptoKit on Apple's systems,
/// libsodium elsewhere.
///
///     SHA256Digest(of: Array("abc".utf8)).hexadecimal  // "ba7816bf…f20015ad"
public struct SHA256Digest: Sendable, Equatable {
  /// The digest, 32 bytes.
  public let bytes: [UInt8]

  /// Hashes the bytes.
  public init(of bytes: some Collection<UInt8>) {
    self.bytes =
      bytes.withContiguousStorageIfAvailable(Self.hash)
      ?? Array(bytes).withUnsafeBufferPointer(Self.hash)
  }

  /// The digest in lower-case hexadecimal, 64 digits.
  public var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether both are the same. Takes constant time, so that a secret's digest can be compared.
  public static func == (first: Self, second: Self) -> Bool {
    #if canImport(CryptoKit)
      zip(first.bytes, second.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    #else
      sodium_memcmp(first.bytes, second.bytes, first.bytes.count) == 0
    #endif
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    #if canImport(CryptoKit)
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return Array(hash.finalize())
    #else
      var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
      crypto_hash_sha256(&digest, bytes.baseAddress, UInt64(bytes.count))
      return digest
    #endif
  }
}
