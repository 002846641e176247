// The quantizer's passes for processors with AVX2.
#include "quantize_target.h"

#if defined(__x86_64__)
#define WIDE 0
BEGIN_AVX2
#include "quantize_passes.h"

bool csplitpipe_value_range_avx2(
    const float *values, size_t count, float *minimum, float *maximum) {
  return value_range(values, count, minimum, maximum);
}

void csplitpipe_write_codes_avx2(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes) {
  write_codes(values, count, minimum, maximum, top, codes);
}

void csplitpipe_restore_values_avx2(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values) {
  restore_values(codes, count, minimum, span, top, values);
}
END_TARGET
#endif
