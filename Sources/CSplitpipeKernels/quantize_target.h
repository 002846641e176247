// What the files of the quantizer share; of no use outside this target.
#pragma once
#include "quantize.h"
#include "target.h"

#if defined(__x86_64__)

#define QUANTIZE_AVX2 "avx2,fma"
#define QUANTIZE_AVX512 QUANTIZE_AVX2 ",avx512f,avx512bw"

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
