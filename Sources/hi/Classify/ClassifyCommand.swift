import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HITransport
import HierarchicalInference

/// `hi classify`: one answer a line.
struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Says what pictures show: the class, how sure, who answered and why.",
    discussion: """
      Pictures are PNG or JPEG files, resized as the model takes them, or .npy files that hold one \
      sample as it is. Without --remote the local model alone answers.
      Example: hi classify shoe.png --local fashion-tiny --remote hi://127.0.0.1:9000 \
      --policy policy.json
      """)

  @Argument(
    help: "PNG, JPEG or .npy files.",
    completion: .file(extensions: ["png", "jpg", "jpeg", "npy"]))
  var images: [String]

  @Option(help: ArgumentHelp("The local model: \(ModelSource.words)."), completion: .file())
  var local: String

  @OptionGroup var plain: PlainModelOptions

  @Option(
    help: ArgumentHelp(
      "Where the remote model is, hi://HOST:PORT, http:// or grpc://HOST:PORT/MODEL; with --policy. "
        + "Again for each further one.", valueName: "url"))
  var remote: [String] = []

  @Option(
    help: "The policy that `hi calibrate` made for both models; with --remote.",
    completion: .file())
  var policy: String?

  @Option(help: "The most milliseconds from a picture to its answer.")
  var deadline = 1000

  @OptionGroup(title: "Offloads") var offloads: OffloadOptions

  @OptionGroup(title: "Security") var security: RemoteSecurityOptions

  @OptionGroup(title: "Tracing") var tracing: TracingOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if images.isEmpty { throw ValidationError("Give at least one picture.") }
    if remote.isEmpty != (policy == nil) {
      throw ValidationError(
        "--remote and --policy belong together: the policy says what goes to the remote model.")
    }
    if remote.isEmpty, !security.isEmpty {
      throw ValidationError("--tls-… and --token-file are about a remote model: give --remote too.")
    }
    if offloads.group > 1 {
      throw ValidationError(
        "--group sends offloads together, and pictures go one after the other here: use `hi run` for many."
      )
    }
    try Patience.check(deadline, of: "--deadline")
  }

  func run() async throws {
    let bundle = try ModelSource.bundle(local, plain: plain)
    let samples = try images.map { try PictureFile(path: $0).sample(for: bundle.manifest) }
    let tracing = try tracing.begin(as: "hi classify")
    guard let policy else {
      let model = try OnDeviceModel(bundle: bundle, tracer: tracing?.tracer)
      try await answer(
        samples,
        HierarchicalClassifier(
          local: model, remote: NoRemoteModel(), policy: .onDevice(exitCount: model.exitCount),
          deadline: .milliseconds(deadline), tracer: tracing?.tracer))
      await tracing?.finish()
      return
    }
    let document = try PolicyDocument(path: policy)
    let secondLook = document.local.secondLook ?? false
    try document.check(local: ModelIdentity(bundle, secondLook: secondLook))
    let remoteModel = try RemoteSide(
      remote, classCount: bundle.manifest.classes.count, document: document, options: offloads,
      security: security.security(for: remote), tracer: tracing?.tracer)
    try await remoteModel.check(for: document, beside: bundle.manifest, deadline: deadline)
    try await answer(
      samples,
      HierarchicalClassifier(
        local: OnDeviceModel(bundle: bundle, secondLook: secondLook, tracer: tracing?.tracer),
        remote: remoteModel, policy: document.policy, deadline: .milliseconds(deadline),
        tracer: tracing?.tracer))
    await remoteModel.close()
    await tracing?.finish()
  }

  private func answer(
    _ samples: [Sample], _ classifier: HierarchicalClassifier<OnDeviceModel, some RemoteModel>
  ) async throws {
    let classes = classifier.local.bundle.manifest.classes
    let line = AnswerLine(
      images: images, classes: classes, policy: classifier.policy, terminal: .output)
    var answers: [ClassifiedPicture] = []
    for (image, sample) in zip(images, samples) {
      let answer = try await classifier.classify(sample)
      guard json else {
        print(line.text(image, answer))
        continue
      }
      answers.append(ClassifiedPicture(image: image, answer: answer, classes: classes))
    }
    if json {
      try printJSON(
        ClassifiedPictures(model: classifier.local.bundle.manifest.name, answers: answers))
    }
  }
}

/// Stands where there is no remote model; a policy that accepts everything never asks it.
private struct NoRemoteModel: RemoteModel {
  func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
    throw .unreachable("no remote model was given")
  }

  func close() async {}
}
