extension DeviceCatalogue {
  /// The best accuracy known on a data set.
  public struct StateOfTheArt: Codable, Sendable, Equatable {
    /// The data set.
    public let dataset: String
    /// 0 to 1.
    public let accuracy: Double
    /// Where in the paper.
    public let source: String
  }

  /// A device in one power mode.
  public struct Device: Codable, Sendable, Equatable {
    /// How commands name it.
    public let id: String
    /// Its full name.
    public let name: String
    /// The power mode; nil where there is one only.
    public let powerMode: String?
    /// Its processor.
    public let cpu: String
    /// Its memory.
    public let memory: String
    /// Its accelerator, where it has one.
    public let accelerator: String?
    /// Its links.
    public let connectivity: String
    /// Where in the paper.
    public let source: String
  }

  /// A local model.
  public struct Model: Codable, Sendable, Equatable {
    /// How commands name it.
    public let id: String
    /// Its full name.
    public let name: String
    /// What it classifies.
    public let dataset: String
    /// Where in the paper.
    public let source: String
  }

  /// A wireless link, as measured for one CIFAR-10 image on one device.
  public struct Link: Codable, Sendable, Equatable {
    /// How commands name it.
    public let id: String
    /// Its full name.
    public let name: String
    /// The device that it was measured on.
    public let device: String
    /// Power of the whole device while sending, in W.
    public let powerW: Double
    /// Time to send an image, in ms.
    public let transmissionMs: Double
    /// Energy to send an image and to receive two bytes, in mJ.
    public let energyMj: Double
    /// Where in the paper.
    public let source: String
  }

  /// A remote model on two servers.
  public struct RemoteModelFigures: Codable, Sendable, Equatable {
    /// How commands name it.
    public let id: String
    /// Its full name.
    public let name: String
    /// What it classifies.
    public let dataset: String
    /// The precision that it runs at.
    public let precision: String
    /// 0 to 1.
    public let accuracy: Double
    /// Inference on an NVIDIA Tesla T4, in ms.
    public let inferenceMsT4: Double
    /// Inference on an NVIDIA A100, in ms.
    public let inferenceMsA100: Double
    /// A whole request on the A100, preprocessing included, in ms.
    public let requestMsA100: Double
    /// Where in the paper.
    public let source: String
  }

  /// A whole local model on a device.
  public struct Deployment: Codable, Sendable, Equatable {
    /// The device's id.
    public let device: String
    /// The model's id.
    public let model: String
    /// What it classifies.
    public let dataset: String
    /// The precision that it runs at.
    public let precision: String
    /// 0 to 1.
    public let accuracy: Double
    /// One inference, in ms.
    public let latencyMs: Double
    /// One inference, in mJ; nil where the paper gives none.
    public let energyMj: Double?
    /// Where in the paper.
    public let source: String
  }

  /// An offload from a device: transmission, remote inference and the answer's way back.
  public struct Offload: Codable, Sendable, Equatable {
    /// The device's id.
    public let device: String
    /// The link's id.
    public let link: String
    /// What is sent.
    public let dataset: String
    /// In ms.
    public let latencyMs: Double
    /// In mJ; nil where the paper gives none.
    public let energyMj: Double?
    /// Where in the paper.
    public let source: String

    /// The offload as a cost, with energy 0 where it is not known.
    public var cost: Cost { Cost(latencyMs: latencyMs, energyMj: energyMj ?? 0) }
  }

  /// A published HI system.
  public struct PublishedHierarchical: Codable, Sendable, Equatable {
    /// The device's id.
    public let device: String
    /// The local model's id.
    public let model: String
    /// What is classified.
    public let dataset: String
    /// 0 to 1.
    public let accuracy: Double
    /// 0 to 1.
    public let offloadFraction: Double
    /// Where in the paper.
    public let source: String
  }

  /// A published EE-HI system beside the HI system of the same base model.
  public struct PublishedEarlyExit: Codable, Sendable, Equatable {
    /// The device's id.
    public let device: String
    /// The local model's id.
    public let model: String
    /// What is classified.
    public let dataset: String
    /// LPI of EE-HI in ms.
    public let eeHiLatencyMs: Double
    /// EPI of EE-HI in mJ.
    public let eeHiEnergyMj: Double
    /// LPI of HI in ms.
    public let hiLatencyMs: Double
    /// EPI of HI in mJ.
    public let hiEnergyMj: Double
    /// The confidence threshold of each early exit.
    public let thresholds: [Double]
    /// Where in the paper.
    public let source: String
  }

  /// The strategies that the paper prefers on a device, for each QoS requirement.
  public struct PublishedPreference: Codable, Sendable, Equatable {
    /// What is classified.
    public let dataset: String
    /// A device's id; `jetson-orin-nano` for both power modes.
    public let device: String
    /// For an accuracy 10 points under the state of the art.
    public let accuracy: Strategy
    /// For a latency of at most half of an offload's.
    public let latency: Strategy
    /// For an energy of at most half of an offload's.
    public let energy: Strategy
    /// Where in the paper.
    public let source: String
  }
}
