// The few operations splitpipe needs of the OpenVINO runtime, over its C interface, which is looked
// up with dlopen so that building needs neither its headers nor its libraries.
//
// Every function that can fail returns 0 on success, otherwise it leaves a sentence in `message`.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COPENVINO_MAXIMUM_RANK 8

typedef struct copenvino_segment copenvino_segment;

typedef struct {
  char *text;
  size_t capacity;
} copenvino_message;

/// One input or output of a compiled segment. The data of an input stays in place until an output is
/// carried to it; an output's data and shape are those of the last inference, and NULL and empty before
/// the first one where the shape depends on what is inferred.
typedef struct {
  const char *name;
  void *data;
  size_t byte_count;
  size_t rank;
  int64_t dimensions[COPENVINO_MAXIMUM_RANK];
} copenvino_port;

/// Opens the library and looks up every function; the library stays open until the process ends.
/// `version` receives the runtime's build number. Not to be called from two threads at once.
int copenvino_load(
    const char *library, char *version, size_t version_capacity, copenvino_message message);

/// Reads an ONNX model from memory and compiles it for the CPU. `precision` is the value of
/// INFERENCE_PRECISION_HINT or NULL; `threads` that of INFERENCE_NUM_THREADS or NULL.
int copenvino_compile(
    const void *onnx, size_t byte_count, const char *precision, const char *threads,
    copenvino_segment **segment, copenvino_message message);

/// Makes a network of its description and weights (OpenVINO's IR) in memory and compiles it as above.
/// `bytes` is a segment whose first input is of bytes: weights are handed over as elements of its type.
int copenvino_compile_network(
    const void *description, size_t description_size, const void *weights, size_t weights_size,
    const copenvino_segment *bytes, const char *precision, const char *threads,
    copenvino_segment **segment, copenvino_message message);

size_t copenvino_input_count(const copenvino_segment *segment);
size_t copenvino_output_count(const copenvino_segment *segment);
const copenvino_port *copenvino_input(const copenvino_segment *segment, size_t index);
const copenvino_port *copenvino_output(const copenvino_segment *segment, size_t index);

/// Reads every input port's data and fills every output port's.
int copenvino_infer(copenvino_segment *segment, copenvino_message message);

/// Lets an output of the last inference be an input of the next, without a copy: the two exchange their
/// memory. They must be of one type and shape.
int copenvino_carry(
    copenvino_segment *segment, size_t output, size_t input, copenvino_message message);

void copenvino_free(copenvino_segment *segment);
