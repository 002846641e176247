#include "COpenVINO.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The runtime's own types are opaque to us.
typedef struct {
  const char *build_number;
  const char *text;
} runtime_version;

typedef struct {
  int64_t rank;
  int64_t *dimensions;
} runtime_shape;

static struct {
  int (*get_openvino_version)(runtime_version *);
  void (*version_free)(runtime_version *);
  const char *(*get_error_info)(int);
  const char *(*get_last_err_msg)(void);
  void (*free)(const char *);
  int (*core_create)(void **);
  int (*core_read_model_from_memory_buffer)(
      const void *, const char *, size_t, const void *, void **);
  int (*core_compile_model)(const void *, const void *, const char *, size_t, void **, ...);
  void (*model_free)(void *);
  void (*compiled_model_free)(void *);
  int (*compiled_model_inputs_size)(const void *, size_t *);
  int (*compiled_model_outputs_size)(const void *, size_t *);
  int (*compiled_model_input_by_index)(const void *, size_t, void **);
  int (*compiled_model_output_by_index)(const void *, size_t, void **);
  int (*compiled_model_create_infer_request)(const void *, void **);
  int (*port_get_any_name)(const void *, char **);
  void (*output_const_port_free)(void *);
  void (*infer_request_free)(void *);
  int (*infer_request_get_input_tensor_by_index)(const void *, size_t, void **);
  int (*infer_request_get_output_tensor_by_index)(const void *, size_t, void **);
  int (*infer_request_set_input_tensor_by_index)(void *, size_t, const void *);
  int (*infer_request_set_output_tensor_by_index)(void *, size_t, const void *);
  int (*infer_request_infer)(void *);
  int (*tensor_create)(int, runtime_shape, void **);
  int (*tensor_data)(const void *, void **);
  int (*tensor_get_element_type)(const void *, int *);
  int (*tensor_get_byte_size)(const void *, size_t *);
  int (*tensor_get_shape)(const void *, runtime_shape *);
  int (*shape_free)(runtime_shape *);
  void (*tensor_free)(void *);
} ov;

static void *core;

struct copenvino_segment {
  void *compiled;
  void *request;
  size_t input_count, output_count;
  copenvino_port *ports;  // inputs, then outputs
  void **tensors;         // one for each port; keeps the port's data alive
};

static int fail(copenvino_message message, const char *step, int status) {
  const char *detail = ov.get_last_err_msg ? ov.get_last_err_msg() : NULL;
  if (!detail || !*detail) detail = ov.get_error_info ? ov.get_error_info(status) : "";
  snprintf(message.text, message.capacity, "%s: %s", step, detail);
  return 1;
}

#define LOOK_UP(name)                                                                     \
  do {                                                                                    \
    *(void **)&ov.name = dlsym(library, "ov_" #name);                                     \
    if (!ov.name) {                                                                       \
      snprintf(message.text, message.capacity, "it has no function ov_" #name);           \
      return 1;                                                                           \
    }                                                                                     \
  } while (0)

int copenvino_load(
    const char *path, char *version, size_t version_capacity, copenvino_message message) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(message.text, message.capacity, "%s", dlerror());
    return 1;
  }
  LOOK_UP(get_openvino_version);
  LOOK_UP(version_free);
  LOOK_UP(get_error_info);
  LOOK_UP(get_last_err_msg);
  LOOK_UP(free);
  LOOK_UP(core_create);
  LOOK_UP(core_read_model_from_memory_buffer);
  LOOK_UP(core_compile_model);
  LOOK_UP(model_free);
  LOOK_UP(compiled_model_free);
  LOOK_UP(compiled_model_inputs_size);
  LOOK_UP(compiled_model_outputs_size);
  LOOK_UP(compiled_model_input_by_index);
  LOOK_UP(compiled_model_output_by_index);
  LOOK_UP(compiled_model_create_infer_request);
  LOOK_UP(port_get_any_name);
  LOOK_UP(output_const_port_free);
  LOOK_UP(infer_request_free);
  LOOK_UP(infer_request_get_input_tensor_by_index);
  LOOK_UP(infer_request_get_output_tensor_by_index);
  LOOK_UP(infer_request_set_input_tensor_by_index);
  LOOK_UP(infer_request_set_output_tensor_by_index);
  LOOK_UP(infer_request_infer);
  LOOK_UP(tensor_create);
  LOOK_UP(tensor_data);
  LOOK_UP(tensor_get_element_type);
  LOOK_UP(tensor_get_byte_size);
  LOOK_UP(tensor_get_shape);
  LOOK_UP(shape_free);
  LOOK_UP(tensor_free);

  runtime_version found = {0};
  int status = ov.get_openvino_version(&found);
  if (status) return fail(message, "asking for its version", status);
  snprintf(version, version_capacity, "%s", found.build_number ? found.build_number : "");
  ov.version_free(&found);
  status = ov.core_create(&core);
  if (status) return fail(message, "starting it", status);
  return 0;
}

// Takes the tensor of a port anew: an output whose shape depends on the picture has another one after
// each inference.
static int bind_port(
    copenvino_segment *segment, size_t index, bool is_input, copenvino_message message) {
  size_t slot = is_input ? index : segment->input_count + index;
  copenvino_port *port = &segment->ports[slot];
  void *tensor = NULL;
  int status = is_input
               ? ov.infer_request_get_input_tensor_by_index(segment->request, index, &tensor)
               : ov.infer_request_get_output_tensor_by_index(segment->request, index, &tensor);
  if (status) return fail(message, "binding a port", status);
  if (segment->tensors[slot]) ov.tensor_free(segment->tensors[slot]);
  segment->tensors[slot] = tensor;
  status = ov.tensor_get_byte_size(tensor, &port->byte_count);
  port->data = NULL;
  // An empty tensor has no data to ask for.
  if (!status && port->byte_count) status = ov.tensor_data(tensor, &port->data);
  if (status) return fail(message, "binding a port", status);
  runtime_shape shape = {0};
  status = ov.tensor_get_shape(tensor, &shape);
  if (status) return fail(message, "shaping a port", status);
  bool fits = shape.rank >= 0 && shape.rank <= COPENVINO_MAXIMUM_RANK;
  if (fits) {
    port->rank = (size_t)shape.rank;
    for (size_t axis = 0; axis < port->rank; axis++) port->dimensions[axis] = shape.dimensions[axis];
  }
  ov.shape_free(&shape);
  if (!fits) {
    snprintf(message.text, message.capacity, "port %s has more than %d dimensions", port->name,
             COPENVINO_MAXIMUM_RANK);
    return 1;
  }
  return 0;
}

static int describe_port(
    copenvino_segment *segment, size_t index, bool is_input, copenvino_message message) {
  size_t slot = is_input ? index : segment->input_count + index;
  copenvino_port *port = &segment->ports[slot];
  void *handle = NULL;
  char *name = NULL;
  int status = is_input ? ov.compiled_model_input_by_index(segment->compiled, index, &handle)
                        : ov.compiled_model_output_by_index(segment->compiled, index, &handle);
  if (status) return fail(message, "describing a port", status);
  status = ov.port_get_any_name(handle, &name);
  ov.output_const_port_free(handle);
  if (status) return fail(message, "naming a port", status);
  port->name = strdup(name);
  ov.free(name);

  return bind_port(segment, index, is_input, message);
}

static int prepare(copenvino_segment *segment, copenvino_message message) {
  int status = ov.compiled_model_create_infer_request(segment->compiled, &segment->request);
  if (!status) status = ov.compiled_model_inputs_size(segment->compiled, &segment->input_count);
  if (!status) status = ov.compiled_model_outputs_size(segment->compiled, &segment->output_count);
  if (status) return fail(message, "creating an inference request", status);
  size_t count = segment->input_count + segment->output_count;
  segment->ports = calloc(count, sizeof *segment->ports);
  segment->tensors = calloc(count, sizeof *segment->tensors);
  if (!segment->ports || !segment->tensors) {
    snprintf(message.text, message.capacity, "out of memory");
    return 1;
  }
  for (size_t i = 0; i < segment->input_count; i++)
    if (describe_port(segment, i, true, message)) return 1;
  for (size_t i = 0; i < segment->output_count; i++)
    if (describe_port(segment, i, false, message)) return 1;
  return 0;
}

// Whether sums of products of bytes are exact here: without these instructions pairs of products are
// added in 16 bits and cut off at their end, and a model of integers gives other numbers.
static bool sums_bytes_exactly(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni") || __builtin_cpu_supports("avxvnni");
#else
  return true;
#endif
}

// Takes the model.
static int compile(
    void *model, const char *precision, const char *threads, copenvino_segment **result,
    copenvino_message message) {
  copenvino_segment *segment = calloc(1, sizeof *segment);
  if (!segment) {
    ov.model_free(model);
    snprintf(message.text, message.capacity, "out of memory");
    return 1;
  }
  // Properties are key and value strings; the count is that of both together.
  const char *latency = "LATENCY";
  const char *property[10] = {"PERFORMANCE_HINT", latency};
  size_t count = 2;
  if (precision) {
    property[count++] = "INFERENCE_PRECISION_HINT";
    property[count++] = precision;
  }
  if ((precision && !strcmp(precision, "f32")) || !sums_bytes_exactly()) {
    // A quantized model then runs as it is written: codes made, undone, and multiplied as floats.
    property[count++] = "LP_TRANSFORMS_MODE";
    property[count++] = "NO";
  }
  if (threads) {
    property[count++] = "INFERENCE_NUM_THREADS";
    property[count++] = threads;
    // Else every model of few threads is bound to the first cores, and two wait for each other.
    property[count++] = "ENABLE_CPU_PINNING";
    property[count++] = "NO";
  }
  int status = ov.core_compile_model(
      core, model, "CPU", count, &segment->compiled, property[0], property[1], property[2],
      property[3], property[4], property[5], property[6], property[7], property[8], property[9]);
  ov.model_free(model);
  if (status) {
    fail(message, "compiling the model", status);
    copenvino_free(segment);
    return 1;
  }
  if (prepare(segment, message)) {
    copenvino_free(segment);
    return 1;
  }
  *result = segment;
  return 0;
}

int copenvino_compile(
    const void *onnx, size_t byte_count, const char *precision, const char *threads,
    copenvino_segment **result, copenvino_message message) {
  void *model = NULL;
  int status = ov.core_read_model_from_memory_buffer(core, onnx, byte_count, NULL, &model);
  if (status) return fail(message, "reading the model", status);
  return compile(model, precision, threads, result, message);
}

int copenvino_compile_network(
    const void *description, size_t description_size, const void *weights, size_t weights_size,
    const copenvino_segment *bytes, const char *precision, const char *threads,
    copenvino_segment **result, copenvino_message message) {
  // The runtime's number for bytes has changed from one version to another: it is asked.
  int type = 0;
  int status = ov.tensor_get_element_type(bytes->tensors[0], &type);
  void *tensor = NULL;
  if (!status && weights_size) {
    int64_t length = (int64_t)weights_size;
    status = ov.tensor_create(type, (runtime_shape){.rank = 1, .dimensions = &length}, &tensor);
    void *data = NULL;
    if (!status) status = ov.tensor_data(tensor, &data);
    if (!status) memcpy(data, weights, weights_size);
  }
  void *model = NULL;
  if (!status)
    status = ov.core_read_model_from_memory_buffer(
        core, description, description_size, tensor, &model);
  // The model holds what it needs of the tensor's memory.
  if (tensor) ov.tensor_free(tensor);
  if (status) return fail(message, "reading the network", status);
  return compile(model, precision, threads, result, message);
}

size_t copenvino_input_count(const copenvino_segment *segment) { return segment->input_count; }

size_t copenvino_output_count(const copenvino_segment *segment) { return segment->output_count; }

const copenvino_port *copenvino_input(const copenvino_segment *segment, size_t index) {
  return &segment->ports[index];
}

const copenvino_port *copenvino_output(const copenvino_segment *segment, size_t index) {
  return &segment->ports[segment->input_count + index];
}

int copenvino_infer(copenvino_segment *segment, copenvino_message message) {
  int status = ov.infer_request_infer(segment->request);
  if (status) return fail(message, "inferring", status);
  for (size_t i = 0; i < segment->output_count; i++)
    if (bind_port(segment, i, false, message)) return 1;
  return 0;
}

int copenvino_carry(
    copenvino_segment *segment, size_t output, size_t input, copenvino_message message) {
  size_t slot = segment->input_count + output;
  copenvino_port *from = &segment->ports[slot], *to = &segment->ports[input];
  void *made = segment->tensors[slot], *read = segment->tensors[input];
  if (from->byte_count != to->byte_count) {
    snprintf(message.text, message.capacity, "%s and %s differ in size", from->name, to->name);
    return 1;
  }
  int status = ov.infer_request_set_input_tensor_by_index(segment->request, input, made);
  if (!status)
    status = ov.infer_request_set_output_tensor_by_index(segment->request, output, read);
  if (status) return fail(message, "carrying an output over", status);
  segment->tensors[slot] = read;
  segment->tensors[input] = made;
  void *data = from->data;
  from->data = to->data;
  to->data = data;
  return 0;
}

void copenvino_free(copenvino_segment *segment) {
  if (!segment) return;
  size_t count = segment->ports && segment->tensors
                     ? segment->input_count + segment->output_count : 0;
  for (size_t i = 0; i < count; i++) {
    free((void *)segment->ports[i].name);
    if (segment->tensors[i]) ov.tensor_free(segment->tensors[i]);
  }
  free(segment->ports);
  free(segment->tensors);
  if (segment->request) ov.infer_request_free(segment->request);
  if (segment->compiled) ov.compiled_model_free(segment->compiled);
  free(segment);
}
