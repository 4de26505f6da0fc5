#if OpenInference
  internal import HIServing
  internal import SwiftProtobuf

  extension Inference_ModelMetadataResponse {
    init(_ model: ServedModel, versions: [String]) {
      self.init()
      let interface = ModelInterface(model)
      name = model.name
      self.versions = versions
      platform = ServerFacts.platform
      inputs = [TensorMetadata(interface.inputFact)]
      outputs = interface.outputFacts.map { TensorMetadata($0) }
    }
  }

  extension Inference_ModelMetadataResponse.TensorMetadata {
    fileprivate init(_ fact: TensorFact) {
      self.init()
      name = fact.name
      datatype = fact.datatype.rawValue
      shape = fact.shape.map { Int64($0) }
    }
  }

  extension Inference_ModelConfig {
    init(_ model: ServedModel, maximumBatch: Int) {
      self.init()
      let interface = ModelInterface(model)
      name = model.name
      platform = ServerFacts.platform
      backend = ServerFacts.backend
      maxBatchSize = Int32(clamping: maximumBatch)
      let fact = interface.inputFact
      input = [
        .with {
          $0.name = fact.name
          $0.dataType = fact.datatype.configurationNumber
          $0.dims = fact.sampleShape.map { Int64($0) }
        }
      ]
      output = interface.outputFacts.map { fact in
        .with {
          $0.name = fact.name
          $0.dataType = fact.datatype.configurationNumber
          $0.dims = fact.sampleShape.map { Int64($0) }
        }
      }
    }
  }

  extension Inference_ModelStatistics {
    init(_ fact: StatisticsFact) {
      self.init()
      name = fact.name
      version = fact.version
      inferenceCount = UInt64(fact.inferenceCount)
      executionCount = UInt64(fact.executionCount)
      for (name, count, nanoseconds) in fact.durations {
        let duration = Inference_StatisticDuration.with {
          $0.count = UInt64(count)
          $0.ns = nanoseconds
        }
        switch name {
        case .success: inferenceStats.success = duration
        case .fail: inferenceStats.fail = duration
        case .queue: inferenceStats.queue = duration
        case .computeInput: inferenceStats.computeInput = duration
        case .computeInfer: inferenceStats.computeInfer = duration
        case .computeOutput: inferenceStats.computeOutput = duration
        }
      }
    }
  }

  extension Inference_RepositoryIndexResponse.ModelIndex {
    init(_ entry: RepositoryEntry) {
      self.init()
      name = entry.name
      version = entry.version
      state = entry.state.rawValue
      reason = entry.reason
    }
  }
#endif
