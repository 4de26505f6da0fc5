import Foundation
import HIModels
import HIPlanning
import HIRuntime
import HITransport

let document = try PolicyDocument(path: "policy.json")
let bundle = try ModelBundle(at: "small.himodel")
try document.check(local: ModelIdentity(bundle))
let classifier = try HierarchicalClassifier(
  local: OnDeviceModel(bundle: bundle),
  remote: WireRemoteModel(endpoint: RemoteEndpoint("hi://127.0.0.1:9000")),
  policy: document.policy, deadline: .milliseconds(250))
let picture = try Data(contentsOf: URL(filePath: "coat.png"))
if let sample = try bundle.manifest.input.imageForm?.sample(
  decoding: Array(picture), name: "coat.png")
{
  let answer = try await classifier.classify(sample)
  print(bundle.manifest.classes[answer.prediction], answer.confidence, answer.answeredBy.name)
}
