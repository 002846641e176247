// Which of the quantizer's passes a processor gets.
#include "quantize_target.h"

#if defined(__x86_64__)

csplitpipe_vectors csplitpipe_best_vectors(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return CSPLITPIPE_VECTORS_NONE;
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    return CSPLITPIPE_VECTORS_AVX512;
  }
  return CSPLITPIPE_VECTORS_AVX2;
}

bool csplitpipe_value_range(
    csplitpipe_vectors vectors, const float *values, size_t count, float *minimum, float *maximum) {
  return vectors == CSPLITPIPE_VECTORS_AVX512
      ? csplitpipe_value_range_avx512(values, count, minimum, maximum)
      : csplitpipe_value_range_avx2(values, count, minimum, maximum);
}

void csplitpipe_write_codes(
    csplitpipe_vectors vectors, const float *values, size_t count, float minimum, float maximum,
    float top, uint8_t *codes) {
  if (vectors == CSPLITPIPE_VECTORS_AVX512) {
    csplitpipe_write_codes_avx512(values, count, minimum, maximum, top, codes);
  } else {
    csplitpipe_write_codes_avx2(values, count, minimum, maximum, top, codes);
  }
}

void csplitpipe_restore_values(
    csplitpipe_vectors vectors, const uint8_t *codes, size_t count, float minimum, float span,
    float top, float *values) {
  if (vectors == CSPLITPIPE_VECTORS_AVX512) {
    csplitpipe_restore_values_avx512(codes, count, minimum, span, top, values);
  } else {
    csplitpipe_restore_values_avx2(codes, count, minimum, span, top, values);
  }
}

#else

csplitpipe_vectors csplitpipe_best_vectors(void) { return CSPLITPIPE_VECTORS_NONE; }

bool csplitpipe_value_range(
    csplitpipe_vectors vectors, const float *values, size_t count, float *minimum, float *maximum) {
  __builtin_trap();
}

void csplitpipe_write_codes(
    csplitpipe_vectors vectors, const float *values, size_t count, float minimum, float maximum,
    float top, uint8_t *codes) {
  __builtin_trap();
}

void csplitpipe_restore_values(
    csplitpipe_vectors vectors, const uint8_t *codes, size_t count, float minimum, float span,
    float top, float *values) {
  __builtin_trap();
}

#endif
