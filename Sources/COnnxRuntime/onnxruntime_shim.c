#define _GNU_SOURCE  // vasprintf
#include "onnxruntime_shim.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<onnxruntime_c_api.h>)
#include <onnxruntime_c_api.h>
#elif __has_include(<onnxruntime/onnxruntime_c_api.h>)
#include <onnxruntime/onnxruntime_c_api.h>
#elif __has_include(<onnxruntime/core/session/onnxruntime_c_api.h>)
#include <onnxruntime/core/session/onnxruntime_c_api.h>
#else
#error "onnxruntime_c_api.h is missing: run `make setup` (or scripts/setup) and build again."
#endif

// The oldest interface that has every function used here.
static const unsigned oldest_api = 17;

struct hi_ort_library {
  const OrtApi *api;
  OrtEnv *environment;
  const char *version;
};

typedef struct {
  char *name;
  int32_t element_type;
  int64_t *shape;
  size_t rank;
} tensor_description;

struct hi_ort_session {
  const OrtApi *api;
  OrtSession *session;
  size_t input_count;
  tensor_description *inputs;
  size_t output_count;
  tensor_description *outputs;
};

struct hi_ort_binding {
  const OrtApi *api;
  OrtSession *session;
  size_t input_count;
  char **input_names;
  OrtValue **inputs;
  size_t output_count;
  char **output_names;
  OrtValue **outputs;
};

static char *message(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = NULL;
  const int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  return length < 0 ? strdup("out of memory") : text;
}

// Takes a status apart; NULL is success.
static char *failure(const OrtApi *api, OrtStatus *status) {
  if (status == NULL) return NULL;
  char *text = message("%s", api->GetErrorMessage(status));
  api->ReleaseStatus(status);
  return text;
}

// MARK: Library

char *hi_ort_library_open(const char *path, hi_ort_library **result) {
  *result = NULL;
  // Never closed: ONNX Runtime's threads and static objects do not survive being unmapped.
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *reason = dlerror();
    return message("%s", reason == NULL ? "it cannot be loaded" : reason);
  }
  const OrtApiBase *(*get_base)(void) = NULL;
  *(void **)&get_base = dlsym(handle, "OrtGetApiBase");
  if (get_base == NULL) return message("it has no OrtGetApiBase, so it is not ONNX Runtime");
  const OrtApiBase *base = get_base();
  const char *version = base->GetVersionString();

  // Asking for more than the library knows makes it write to stderr, so its version is read first.
  unsigned major = 0, minor = 0;
  if (sscanf(version, "%u.%u", &major, &minor) != 2) {
    return message("its version \"%s\" is not a number", version);
  }
  unsigned wanted = ORT_API_VERSION;
  if (major == 1 && minor < wanted) wanted = minor;
  const OrtApi *api = wanted < oldest_api ? NULL : base->GetApi(wanted);
  if (api == NULL) {
    return message("it is version %s and 1.%u or later is needed", version, oldest_api);
  }

  OrtEnv *environment = NULL;
  // What goes wrong comes back as a status; the library's own log stays quiet.
  char *text = failure(api, api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "hi", &environment));
  if (text != NULL) return text;
  hi_ort_library *library = calloc(1, sizeof *library);
  if (library == NULL) {
    api->ReleaseEnv(environment);
    return message("out of memory");
  }
  library->api = api;
  library->environment = environment;
  library->version = version;
  *result = library;
  return NULL;
}

void hi_ort_library_close(hi_ort_library *library) {
  if (library == NULL) return;
  library->api->ReleaseEnv(library->environment);
  free(library);
}

const char *hi_ort_library_version(const hi_ort_library *library) { return library->version; }

// MARK: Session

static char *configure(const OrtApi *api, OrtSessionOptions *options, int32_t threads) {
  OrtStatus *status = api->SetIntraOpNumThreads(options, threads);
  if (status == NULL) status = api->SetInterOpNumThreads(options, 1);
  if (status == NULL) status = api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL);
  // Idle threads sleep: the device has other work, and a server runs many sessions.
  if (status == NULL) {
    status = api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0");
  }
  return failure(api, status);
}

static char *describe_tensor(
    const OrtApi *api, const OrtTypeInfo *info, tensor_description *description) {
  const OrtTensorTypeAndShapeInfo *tensor = NULL;
  char *text = failure(api, api->CastTypeInfoToTensorInfo(info, &tensor));
  if (text != NULL || tensor == NULL) return text;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  text = failure(api, api->GetTensorElementType(tensor, &type));
  if (text != NULL) return text;
  // The C API numbers these types as TensorProto does.
  description->element_type = (int32_t)type;
  text = failure(api, api->GetDimensionsCount(tensor, &description->rank));
  if (text != NULL) return text;
  description->shape = calloc(description->rank + 1, sizeof *description->shape);
  if (description->shape == NULL) return message("out of memory");
  return failure(api, api->GetDimensions(tensor, description->shape, description->rank));
}

static char *describe(hi_ort_session *session, int output, size_t index) {
  const OrtApi *api = session->api;
  tensor_description *description = output ? &session->outputs[index] : &session->inputs[index];
  OrtAllocator *allocator = NULL;
  char *text = failure(api, api->GetAllocatorWithDefaultOptions(&allocator));
  if (text != NULL) return text;

  char *name = NULL;
  text = failure(
      api, output ? api->SessionGetOutputName(session->session, index, allocator, &name)
                  : api->SessionGetInputName(session->session, index, allocator, &name));
  if (text != NULL) return text;
  description->name = strdup(name);
  text = failure(api, api->AllocatorFree(allocator, name));
  if (text != NULL) return text;
  if (description->name == NULL) return message("out of memory");

  OrtTypeInfo *info = NULL;
  text = failure(
      api, output ? api->SessionGetOutputTypeInfo(session->session, index, &info)
                  : api->SessionGetInputTypeInfo(session->session, index, &info));
  if (text != NULL) return text;
  text = describe_tensor(api, info, description);
  api->ReleaseTypeInfo(info);
  return text;
}

static char *describe_all(hi_ort_session *session) {
  const OrtApi *api = session->api;
  size_t input_count = 0, output_count = 0;
  char *text = failure(api, api->SessionGetInputCount(session->session, &input_count));
  if (text == NULL) {
    text = failure(api, api->SessionGetOutputCount(session->session, &output_count));
  }
  if (text != NULL) return text;
  session->inputs = calloc(input_count + 1, sizeof *session->inputs);
  session->outputs = calloc(output_count + 1, sizeof *session->outputs);
  if (session->inputs == NULL || session->outputs == NULL) return message("out of memory");
  session->input_count = input_count;
  session->output_count = output_count;
  for (size_t index = 0; index < input_count; index++) {
    if ((text = describe(session, 0, index)) != NULL) return text;
  }
  for (size_t index = 0; index < output_count; index++) {
    if ((text = describe(session, 1, index)) != NULL) return text;
  }
  return NULL;
}

char *hi_ort_session_create(
    hi_ort_library *library, const void *model, size_t model_size, int32_t threads,
    hi_ort_session **result) {
  *result = NULL;
  const OrtApi *api = library->api;
  hi_ort_session *session = calloc(1, sizeof *session);
  if (session == NULL) return message("out of memory");
  session->api = api;

  OrtSessionOptions *options = NULL;
  char *text = failure(api, api->CreateSessionOptions(&options));
  if (text == NULL) {
    text = configure(api, options, threads);
    if (text == NULL) {
      text = failure(
          api, api->CreateSessionFromArray(
                   library->environment, model, model_size, options, &session->session));
    }
    api->ReleaseSessionOptions(options);
  }
  if (text == NULL) text = describe_all(session);
  if (text != NULL) {
    hi_ort_session_destroy(session);
    return text;
  }
  *result = session;
  return NULL;
}

static void free_descriptions(tensor_description *descriptions, size_t count) {
  for (size_t index = 0; descriptions != NULL && index < count; index++) {
    free(descriptions[index].name);
    free(descriptions[index].shape);
  }
  free(descriptions);
}

void hi_ort_session_destroy(hi_ort_session *session) {
  if (session == NULL) return;
  free_descriptions(session->inputs, session->input_count);
  free_descriptions(session->outputs, session->output_count);
  if (session->session != NULL) session->api->ReleaseSession(session->session);
  free(session);
}

size_t hi_ort_session_input_count(const hi_ort_session *session) { return session->input_count; }

size_t hi_ort_session_output_count(const hi_ort_session *session) { return session->output_count; }

static hi_ort_tensor_info tensor_info(const tensor_description *description) {
  return (hi_ort_tensor_info){
      .name = description->name,
      .element_type = description->element_type,
      .shape = description->shape,
      .rank = description->rank,
  };
}

hi_ort_tensor_info hi_ort_session_input(const hi_ort_session *session, size_t index) {
  return tensor_info(&session->inputs[index]);
}

hi_ort_tensor_info hi_ort_session_output(const hi_ort_session *session, size_t index) {
  return tensor_info(&session->outputs[index]);
}

// MARK: Binding

static char *bind(
    const OrtApi *api, const OrtMemoryInfo *memory, const hi_ort_tensor *tensor, char **name,
    OrtValue **value) {
  *name = strdup(tensor->name);
  if (*name == NULL) return message("out of memory");
  return failure(
      api, api->CreateTensorWithDataAsOrtValue(
               memory, tensor->data, tensor->byte_count, tensor->shape, tensor->rank,
               (ONNXTensorElementDataType)tensor->element_type, value));
}

static char *bind_all(
    hi_ort_binding *binding, const hi_ort_tensor *inputs, const hi_ort_tensor *outputs) {
  const OrtApi *api = binding->api;
  OrtMemoryInfo *memory = NULL;
  char *text =
      failure(api, api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  for (size_t index = 0; text == NULL && index < binding->input_count; index++) {
    text = bind(
        api, memory, &inputs[index], &binding->input_names[index], &binding->inputs[index]);
  }
  for (size_t index = 0; text == NULL && index < binding->output_count; index++) {
    text = bind(
        api, memory, &outputs[index], &binding->output_names[index], &binding->outputs[index]);
  }
  if (memory != NULL) api->ReleaseMemoryInfo(memory);
  return text;
}

char *hi_ort_binding_create(
    const hi_ort_session *session, const hi_ort_tensor *inputs, size_t input_count,
    const hi_ort_tensor *outputs, size_t output_count, hi_ort_binding **result) {
  *result = NULL;
  hi_ort_binding *binding = calloc(1, sizeof *binding);
  if (binding == NULL) return message("out of memory");
  binding->api = session->api;
  binding->session = session->session;
  binding->input_count = input_count;
  binding->output_count = output_count;
  binding->input_names = calloc(input_count + 1, sizeof *binding->input_names);
  binding->inputs = calloc(input_count + 1, sizeof *binding->inputs);
  binding->output_names = calloc(output_count + 1, sizeof *binding->output_names);
  binding->outputs = calloc(output_count + 1, sizeof *binding->outputs);
  char *text = NULL;
  if (binding->input_names == NULL || binding->inputs == NULL || binding->output_names == NULL ||
      binding->outputs == NULL) {
    text = message("out of memory");
  } else {
    text = bind_all(binding, inputs, outputs);
  }
  if (text != NULL) {
    hi_ort_binding_destroy(binding);
    return text;
  }
  *result = binding;
  return NULL;
}

static void free_values(const OrtApi *api, char **names, OrtValue **values, size_t count) {
  for (size_t index = 0; index < count; index++) {
    if (names != NULL) free(names[index]);
    if (values != NULL && values[index] != NULL) api->ReleaseValue(values[index]);
  }
  free(names);
  free(values);
}

void hi_ort_binding_destroy(hi_ort_binding *binding) {
  if (binding == NULL) return;
  free_values(binding->api, binding->input_names, binding->inputs, binding->input_count);
  free_values(binding->api, binding->output_names, binding->outputs, binding->output_count);
  free(binding);
}

char *hi_ort_binding_run(hi_ort_binding *binding) {
  return failure(
      binding->api,
      binding->api->Run(
          binding->session, NULL, (const char *const *)binding->input_names,
          (const OrtValue *const *)binding->inputs, binding->input_count,
          (const char *const *)binding->output_names, binding->output_count, binding->outputs));
}
