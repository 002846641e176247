// What the files of the quantizer share; of no use outside this target.
#pragma once
#include "quantize.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/// Every function up to END_TARGET may use these instructions.
#define BEGIN_AVX2 \
  _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define BEGIN_AVX512 \
  _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512bw,avx2,fma\"))), \
      apply_to = function)")
#define END_TARGET _Pragma("clang attribute pop")

bool csplitpipe_value_range_avx2(
    const float *values, size_t count, float *minimum, float *maximum);
bool csplitpipe_value_range_avx512(
    const float *values, size_t count, float *minimum, float *maximum);
void csplitpipe_write_codes_avx2(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes);
void csplitpipe_write_codes_avx512(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes);
void csplitpipe_restore_values_avx2(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values);
void csplitpipe_restore_values_avx512(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values);

#endif
