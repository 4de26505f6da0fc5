import ArgumentParser
import HITransport

/// How `hi serve` is itself a hierarchical classifier, that escalates to another server.
struct TierOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy of the served model: what it does not accept goes to --upstream.",
      discussion: "So device, edge and cloud are three tiers of the same kind."),
    completion: .file())
  var policy: String?

  @Option(
    help: ArgumentHelp(
      "Where the next remote model is, as in `hi run --remote`; again for each further one.",
      valueName: "url"))
  var upstream: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many milliseconds from a request on upstreams may be waited for.",
      discussion: "Less if its client waits less; then the local model's answers stand in.")
  )
  var upstreamDeadline = 1000

  @OptionGroup var offloads: OffloadOptions

  @Option(
    name: .customLong("upstream-tls-ca"),
    help: "The PEM file of the authorities that alone may sign the upstream's certificate.",
    completion: .file())
  var authorities: String?

  @Option(
    name: .customLong("upstream-tls-cert"),
    help: "The PEM file of the certificate that the upstream is shown.", completion: .file())
  var certificate: String?

  @Option(
    name: .customLong("upstream-tls-key"), help: "The PEM file of its private key.",
    completion: .file())
  var key: String?

  @Option(
    help: "A file whose first line is the token that the upstream asks for.", completion: .file())
  var upstreamTokenFile: String?

  func validate() throws {
    guard (policy == nil) == upstream.isEmpty else {
      throw ValidationError(
        "--policy and --upstream belong together: the policy says what goes upstream.")
    }
    try Patience.check(upstreamDeadline, of: "--upstream-deadline")
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("\(TLSError.incomplete)")
    }
    if policy == nil,
      authorities != nil || certificate != nil || upstreamTokenFile != nil || !offloads.isDefault
    {
      throw ValidationError(
        "--upstream-… and the options of offloads are about a tier: give --policy and "
          + "--upstream too.")
    }
  }

  /// How the upstreams are known, and what they are shown.
  ///
  /// - Parameter note: is told of a token that others can read.
  func security(note: (String) -> Void) throws -> ClientSecurity {
    var options = RemoteSecurityOptions()
    options.tlsAuthorities = authorities
    options.tlsCertificate = certificate
    options.tlsKey = key
    options.tokenFile = upstreamTokenFile
    return try options.security(for: upstream, note: note)
  }
}
