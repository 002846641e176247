// Codes channel by channel and position by position, and their running means.
#include "context_target.h"

#if defined(__x86_64__)
BEGIN_TARGET(CONTEXT_AVX2)

/// Exchanges rows and columns of 16 by 16 bytes.
INLINE void transpose(
    const uint8_t *source, size_t source_stride, uint8_t *target, size_t target_stride) {
  __m128i a[16], b[16];
  for (size_t i = 0; i < 16; i++) {
    a[i] = _mm_loadu_si128((const __m128i *)(source + i * source_stride));
  }
  // Each step interleaves row i with row i + 8; four steps exchange the halves of all indices.
  for (int step = 0; step < 4; step++) {
    for (int i = 0; i < 8; i++) {
      b[2 * i] = _mm_unpacklo_epi8(a[i], a[i + 8]);
      b[2 * i + 1] = _mm_unpackhi_epi8(a[i], a[i + 8]);
    }
    memcpy(a, b, sizeof a);
  }
  for (size_t i = 0; i < 16; i++) {
    _mm_storeu_si128((__m128i *)(target + i * target_stride), a[i]);
  }
}

/// Exchanges rows and columns of `rows` by `columns` bytes.
INLINE void transpose_all(
    const uint8_t *source, size_t rows, size_t columns, size_t source_stride, uint8_t *target,
    size_t target_stride) {
  size_t i = 0;
  for (; i + 16 <= rows; i += 16) {
    size_t j = 0;
    for (; j + 16 <= columns; j += 16) {
      transpose(
          source + i * source_stride + j, source_stride, target + j * target_stride + i,
          target_stride);
    }
    for (; j < columns; j++) {
      for (size_t k = i; k < i + 16; k++) target[j * target_stride + k] = source[k * source_stride + j];
    }
  }
  for (; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) target[j * target_stride + i] = source[i * source_stride + j];
  }
}

void csplitpipe_gather(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {
  transpose_all(source, channels, positions, positions, target, stride);
}

void csplitpipe_scatter(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {
  transpose_all(source, positions, channels, stride, target, positions);
}

size_t csplitpipe_same_groups(
    const uint8_t *codes, const uint8_t *before, size_t positions, size_t stride, size_t groups) {
  size_t same = 0;
  for (size_t position = 0; position < positions; position += 2) {
    const uint8_t *a = codes + position * stride, *b = before + position * stride;
    for (size_t group = 0; group < groups; group++, a += 16, b += 16) {
      __m128i difference = _mm_xor_si128(
          _mm_loadu_si128((const __m128i *)a), _mm_loadu_si128((const __m128i *)b));
      same += (size_t)_mm_testz_si128(difference, difference);
    }
  }
  return same;
}

void csplitpipe_follow(
    const uint8_t *codes, size_t count, int low_bits, int is_key, uint8_t *expected) {
  if (is_key) {
    for (size_t i = 0; i < count; i++) expected[i] = (uint8_t)(codes[i] << 4 >> low_bits);
  } else {
    for (size_t i = 0; i < count; i++) {
      int16_t old = expected[i];
      int16_t code = (int16_t)(codes[i] << 4 >> low_bits);
      expected[i] = (uint8_t)(old + (int16_t)((int16_t)(code - old + 2) >> 2));
    }
  }
}

END_TARGET
#else
size_t csplitpipe_same_groups(
    const uint8_t *codes, const uint8_t *before, size_t positions, size_t stride, size_t groups) {
  return 0;
}
void csplitpipe_gather(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {}
void csplitpipe_scatter(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {}
void csplitpipe_follow(
    const uint8_t *codes, size_t count, int low_bits, int is_key, uint8_t *expected) {}
#endif
