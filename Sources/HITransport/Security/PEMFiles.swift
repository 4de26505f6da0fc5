#if OpenInference
  internal import HIData
  package import NIOSSL

  /// Reads the PEM files of a TLS configuration, with the reason in words where one cannot be used.
  package enum PEMFiles {
    /// A chain of certificates, the own one first.
    package static func certificates(at path: String) throws(TLSError) -> [NIOSSLCertificate] {
      let bytes = try read(path, role: "certificate")
      guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
        throw .badFile(role: "certificate", path: path, reason: "it has no certificate in it")
      }
      return chain
    }

    /// Certificates of authorities.
    package static func authorities(at path: String) throws(TLSError) -> [NIOSSLCertificate] {
      let bytes = try read(path, role: "certificate authority")
      guard let all = try? NIOSSLCertificate.fromPEMBytes(bytes), !all.isEmpty else {
        throw .badFile(
          role: "certificate authority", path: path, reason: "it has no certificate in it")
      }
      return all
    }

    /// A private key without a passphrase.
    package static func key(at path: String) throws(TLSError) -> NIOSSLPrivateKey {
      let bytes = try read(path, role: "private key")
      guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
        throw .badFile(
          role: "private key", path: path, reason: "it has no unencrypted private key in it")
      }
      return key
    }

    private static func read(_ path: String, role: String) throws(TLSError) -> [UInt8] {
      do {
        return try FileBytes.read(path)
      } catch .fileNotFound {
        throw .badFile(role: role, path: path, reason: "there is no such file")
      } catch .unreadable(_, let reason) {
        throw .badFile(role: role, path: path, reason: reason)
      } catch {
        throw .badFile(role: role, path: path, reason: "\(error)")
      }
    }
  }
#endif
