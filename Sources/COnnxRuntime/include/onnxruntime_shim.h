#pragma once

// A narrow C interface to ONNX Runtime that Swift imports.
//
// The library is opened at run time and only its OrtGetApiBase is looked up, so nothing links against
// it and its own header is needed only where this is compiled. Every function that can fail returns
// NULL, or a message that the caller frees.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// An opened library and its environment; sessions on several threads may share one.
typedef struct hi_ort_library hi_ort_library;
// A loaded model.
typedef struct hi_ort_session hi_ort_session;
// A session's inputs and outputs tied to the caller's memory; one run at a time.
typedef struct hi_ort_binding hi_ort_binding;

// Element types, numbered as ONNX's TensorProto.DataType numbers them.
enum {
  HI_ORT_OTHER = 0,
  HI_ORT_FLOAT32 = 1,
  HI_ORT_UINT8 = 2,
  HI_ORT_INT8 = 3,
  HI_ORT_INT32 = 6,
  HI_ORT_INT64 = 7,
  HI_ORT_FLOAT16 = 10,
  HI_ORT_FLOAT64 = 11
};

// A tensor in the caller's memory. The memory, not this struct, outlives the binding.
typedef struct {
  const char *name;
  int32_t element_type;
  const int64_t *shape;
  size_t rank;
  void *data;
  size_t byte_count;
} hi_ort_tensor;

// Opens the shared library at a path. It stays loaded for the life of the process.
char *hi_ort_library_open(const char *path, hi_ort_library **library);
void hi_ort_library_close(hi_ort_library *library);
// The library's version, for example "1.32.0".
const char *hi_ort_library_version(const hi_ort_library *library);

// Loads a model of an ONNX file's bytes; they are not needed afterwards. `threads` is the number of
// threads that share the work of one operator, 1 for the caller's own alone.
char *hi_ort_session_create(
    hi_ort_library *library, const void *model, size_t model_size, int32_t threads,
    hi_ort_session **session);
void hi_ort_session_destroy(hi_ort_session *session);

size_t hi_ort_session_input_count(const hi_ort_session *session);
size_t hi_ort_session_output_count(const hi_ort_session *session);

// What a session says of one of its inputs or outputs; valid as long as the session. A dimension of
// -1 is free. Something that is not a tensor has the type HI_ORT_OTHER and rank 0.
typedef struct {
  const char *name;
  int32_t element_type;
  const int64_t *shape;
  size_t rank;
} hi_ort_tensor_info;

hi_ort_tensor_info hi_ort_session_input(const hi_ort_session *session, size_t index);
hi_ort_tensor_info hi_ort_session_output(const hi_ort_session *session, size_t index);

// Ties named tensors to a session, so that a run neither allocates nor copies tensors. The session
// outlives the binding.
char *hi_ort_binding_create(
    const hi_ort_session *session, const hi_ort_tensor *inputs, size_t input_count,
    const hi_ort_tensor *outputs, size_t output_count, hi_ort_binding **binding);
void hi_ort_binding_destroy(hi_ort_binding *binding);

// Reads the inputs, computes, writes the outputs.
char *hi_ort_binding_run(hi_ort_binding *binding);

#ifdef __cplusplus
}
#endif
