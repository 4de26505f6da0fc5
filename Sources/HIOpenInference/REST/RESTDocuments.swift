#if OpenInference
  internal import HIServing
  internal import HTTPTypes

  /// The JSON documents that the REST front end answers with, other than inference responses.
  enum RESTDocuments {
    static func json(
      _ status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void
    ) -> RESTAnswer {
      var writer = JSONWriter()
      body(&writer)
      return RESTAnswer(
        status: status, headers: [.contentType: "application/json"], body: writer.bytes)
    }

    static func error(_ status: HTTPResponse.Status, _ message: String) -> RESTAnswer {
      json(status) { $0.object { $0.member("error", message) } }
    }

    static func empty() -> RESTAnswer { json { $0.object { _ in } } }

    /// A yes with 200 or a no with 503.
    static func flag(_ key: String, _ value: Bool, name: String? = nil) -> RESTAnswer {
      json(value ? .ok : .serviceUnavailable) {
        $0.object {
          if let name { $0.member("name", name) }
          $0.key(key)
          $0.boolean(value)
        }
      }
    }

    static func server() -> RESTAnswer {
      json {
        $0.object {
          $0.member("name", ServerFacts.name)
          $0.member("version", ServerFacts.version)
          $0.key("extensions")
          $0.array { for name in ServerFacts.extensions { $0.string(name) } }
        }
      }
    }

    static func metadata(of model: ServedModel, versions: [String]) -> RESTAnswer {
      let interface = ModelInterface(model)
      return json {
        $0.object {
          $0.member("name", model.name)
          $0.key("versions")
          $0.array { for version in versions { $0.string(version) } }
          $0.member("platform", ServerFacts.platform)
          $0.key("inputs")
          $0.array { write(interface.inputFact, to: &$0) }
          $0.key("outputs")
          $0.array { for fact in interface.outputFacts { write(fact, to: &$0) } }
        }
      }
    }

    private static func write(_ fact: TensorFact, to writer: inout JSONWriter) {
      writer.object {
        $0.member("name", fact.name)
        $0.member("datatype", fact.datatype.rawValue)
        write("shape", fact.shape, to: &$0)
      }
    }

    static func configuration(of model: ServedModel, maximumBatch: Int) -> RESTAnswer {
      let interface = ModelInterface(model)
      return json {
        $0.object {
          $0.member("name", model.name)
          $0.member("platform", ServerFacts.platform)
          $0.member("backend", ServerFacts.backend)
          $0.key("max_batch_size")
          $0.integer(maximumBatch)
          $0.key("input")
          $0.array { writeConfiguration(interface.inputFact, to: &$0) }
          $0.key("output")
          $0.array { for fact in interface.outputFacts { writeConfiguration(fact, to: &$0) } }
        }
      }
    }

    private static func writeConfiguration(_ fact: TensorFact, to writer: inout JSONWriter) {
      writer.object {
        $0.member("name", fact.name)
        $0.member("data_type", "TYPE_" + fact.datatype.rawValue)
        write("dims", fact.sampleShape, to: &$0)
      }
    }

    private static func write(_ key: String, _ sizes: [Int], to writer: inout JSONWriter) {
      writer.key(key)
      writer.array { for size in sizes { $0.integer(size) } }
    }

    static func statistics(_ models: [ServedModel]) -> RESTAnswer {
      json {
        $0.object {
          $0.key("model_stats")
          $0.array {
            for model in models { write(StatisticsFact(model.snapshot), to: &$0) }
          }
        }
      }
    }

    private static func write(_ statistics: StatisticsFact, to writer: inout JSONWriter) {
      writer.object {
        $0.member("name", statistics.name)
        $0.member("version", statistics.version)
        $0.key("inference_count")
        $0.integer(statistics.inferenceCount)
        $0.key("execution_count")
        $0.integer(statistics.executionCount)
        $0.key("inference_stats")
        $0.object {
          for duration in statistics.durations {
            $0.key(duration.part.rawValue)
            $0.object {
              $0.key("count")
              $0.integer(duration.count)
              $0.key("ns")
              $0.integer(duration.nanoseconds)
            }
          }
        }
      }
    }

    /// What Prometheus scrapes.
    static func metrics(
      of service: OpenInferenceService, refusals: [Refusals.Kind: Int]
    ) -> RESTAnswer {
      let server = service.serverSnapshot?()
      let metrics = PrometheusText(
        models: server?.models ?? service.repository.models.map(\.snapshot), server: server,
        refusals: refusals, isReady: service.isReady)
      return RESTAnswer(
        status: .ok, headers: [.contentType: PrometheusText.mediaType],
        body: Array(metrics.text.utf8))
    }

    static func index(_ entries: [RepositoryEntry], readyOnly: Bool) -> RESTAnswer {
      json {
        $0.array {
          for entry in entries where !readyOnly || entry.state == .ready {
            $0.object {
              $0.member("name", entry.name)
              $0.member("version", entry.version)
              $0.member("state", entry.state.rawValue)
              $0.member("reason", entry.reason)
            }
          }
        }
      }
    }
  }
#endif
