internal import Foundation
public import HITrace

/// Devices, models, links and what was measured on them: the paper's tables, each figure with its
/// source.
///
///     let catalogue = try DeviceCatalogue.paper()
///     let profile = try catalogue.profile(
///       device: "raspberry-pi-4b", model: "resnet-8", dataset: "cifar-10")
public struct DeviceCatalogue: Codable, Sendable, Equatable {
  /// `hi.catalogue/1`.
  public let schema: String
  /// The publication that all sources refer to.
  public let reference: String
  /// The best accuracies known when the paper was written (section 3.3).
  public let stateOfTheArt: [StateOfTheArt]
  /// Tables 1 and 2; each power mode is a device of its own.
  public let devices: [Device]
  /// The local models (section 3.2).
  public let models: [Model]
  /// Wireless links (section 4.2.1).
  public let links: [Link]
  /// The remote models (section 4.1).
  public let remoteModels: [RemoteModelFigures]
  /// Whole local models on devices: Tables 4 and 7 and section 4.4.
  public let deployments: [Deployment]
  /// Whole local models on the Jetson at three precisions: Table 8.
  public let precisions: [Deployment]
  /// Offloads: Tables 3 and 7.
  public let offloads: [Offload]
  /// Published accuracies and offload fractions of HI: Table 7.
  public let hierarchical: [PublishedHierarchical]
  /// Published EE-HI and HI: Table 6.
  public let earlyExits: [PublishedEarlyExit]
  /// Preferred strategies: Table 5.
  public let preferences: [PublishedPreference]

  /// The catalogue that is built in.
  ///
  /// - Throws: a decoding error only where the package itself is damaged.
  public static func paper() throws -> DeviceCatalogue {
    try JSONDecoder().decode(
      DeviceCatalogue.self, from: Data(PackageResources.devices_json))
  }
}

extension DeviceCatalogue {
  /// The cost profile of a whole model, or of one with early exits, on a device.
  ///
  /// - Parameters:
  ///   - device: a device's id, for example `raspberry-pi-4b`.
  ///   - model: a model's id, for example `resnet-8`.
  ///   - dataset: a data set's name, for example `cifar-10`.
  ///   - precision: `int8`, which the paper deploys, or on the Jetson `fp16` or `fp32` (no energies).
  ///   - link: nil for the device's link in the paper.
  ///   - multiplyAccumulates: cumulative, one an exit, where the model has early exits: their costs are
  ///     then shares of the whole model's (modelled). Nil for a whole model.
  ///   - stages: how many of the exits are the model's own, where a second look follows them; nil for
  ///     all.
  /// - Throws: ``CostError``, naming what the catalogue has.
  public func profile(
    device: String, model: String, dataset: String, precision: String = "int8",
    link: String? = nil, multiplyAccumulates: [Int]? = nil, stages: Int? = nil
  ) throws(CostError) -> CostProfile {
    let named = try self.device(device)
    let onDevice = (deployments + precisions).filter {
      $0.device == device && $0.dataset == dataset
    }
    guard let whole = onDevice.first(where: { $0.model == model && $0.precision == precision })
    else {
      throw .notInCatalogue(
        what: "\(dataset) model on \(device)", asked: "\(model) (\(precision))",
        known: onDevice.map { "\($0.model) (\($0.precision))" })
    }
    let offload = try self.offload(device: device, dataset: dataset, link: link)
    let wholeCost = Cost(latencyMs: whole.latencyMs, energyMj: whole.energyMj ?? 0)
    var profile = try CostProfile.sharedByMultiplyAccumulates(
      device: named.name, link: offload.link, model: model, whole: wholeCost,
      multiplyAccumulates: multiplyAccumulates ?? [1], stages: stages, offload: offload.cost)
    profile.energySource = whole.energyMj == nil || offload.energyMj == nil ? nil : .modelled
    profile.notes += [
      "The whole model's cost is the paper's \(whole.source), an offload's its \(offload.source)."
    ]
    return profile
  }

  /// The catalogue's name of a data set: `cifar-10` also for its variants such as `cifar-10-jpeg75`.
  public func dataset(_ name: String) -> String {
    stateOfTheArt.map(\.dataset).first { name == $0 || name.hasPrefix($0 + "-") } ?? name
  }

  /// The profile that `DEVICE/MODEL` names, for the local model of a trace: the early exits of a model
  /// that has some are priced by its multiply-accumulates.
  ///
  /// - Throws: ``CostError``.
  public func profile(named name: String, for metadata: TraceMetadata) throws(CostError)
    -> CostProfile
  {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      throw .notInCatalogue(
        what: "profile", asked: name,
        known: devices.map(\.id).map { "\($0)/MODEL" })
    }
    if metadata.exitCount > 1, metadata.multiplyAccumulates.isEmpty {
      throw .multiplyAccumulates(model: metadata.modelName, found: [])
    }
    return try profile(
      device: parts[0], model: parts[1], dataset: dataset(metadata.dataset),
      multiplyAccumulates: metadata.exitCount > 1 ? metadata.multiplyAccumulates : nil,
      stages: metadata.stageCount)
  }

  /// A device by its id.
  public func device(_ id: String) throws(CostError) -> Device {
    guard let found = devices.first(where: { $0.id == id }) else {
      throw .notInCatalogue(what: "device", asked: id, known: devices.map(\.id))
    }
    return found
  }

  /// What an offload costs on a device; over the device's link in the paper where none is named.
  public func offload(
    device: String, dataset: String, link: String? = nil
  ) throws(CostError) -> Offload {
    let known = offloads.filter { $0.device == device && $0.dataset == dataset }
    guard let found = known.first(where: { link == nil || $0.link == link }) else {
      throw .notInCatalogue(
        what: "offload of \(dataset) from \(device)", asked: link ?? "any link",
        known: known.map(\.link))
    }
    return found
  }

  /// The whole models that were measured on a device.
  public func deployments(device: String, dataset: String) -> [Deployment] {
    deployments.filter { $0.device == device && $0.dataset == dataset }
  }

  /// The best accuracy known on a data set; `cifar-10` also for its variants such as
  /// `cifar-10-jpeg75`. Nil where the paper names none.
  public func stateOfTheArt(dataset: String) -> Double? {
    stateOfTheArt.first { $0.dataset == self.dataset(dataset) }?.accuracy
  }
}
