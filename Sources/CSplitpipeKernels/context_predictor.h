// What the codes of a group are expected to be.
#pragma once
#include "context_target.h"

enum {
  reach = 48, around = 10, around_in_key = 6, group_words = (reach + around) * 16, error_limit = 32
};

INLINE __m256i wide(const uint8_t *bytes) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}

INLINE __m256i clip(__m256i x) {
  return _mm256_max_epi16(
      _mm256_min_epi16(x, _mm256_set1_epi16(error_limit)), _mm256_set1_epi16(-error_limit));
}

/// Eighths of a first symbol, clipped.
INLINE __m256i difference(__m256i a, __m256i b, int low_bits) {
  return clip(_mm256_srai_epi16(_mm256_slli_epi16(_mm256_sub_epi16(a, b), 3), low_bits));
}

/// How far running means are above the last codes, in eighths of a first symbol, clipped.
INLINE __m256i drift(__m256i mean, __m256i code, int low_bits) {
  return clip(_mm256_sub_epi16(
      _mm256_srli_epi16(mean, 1), _mm256_srai_epi16(_mm256_slli_epi16(code, 3), low_bits)));
}

/// Six or ten differences, two by two: lanes 0…3 and 8…11, then lanes 4…7 and 12…15.
typedef struct { __m256i pairs[around]; } differences;

INLINE __m256i correction(
    const int16_t *weights, const int16_t *residuals, int inputs, int own,
    const differences *d) {
  __m256i low = _mm256_set1_epi32(8192), high = low;
  const __m256i *w = (const __m256i *)weights;
  for (int i = 0; i < inputs; i += 2, w += 2) {
    int32_t pair;
    memcpy(&pair, residuals + i, 4);
    __m256i input = _mm256_set1_epi32(pair);
    low = _mm256_add_epi32(low, _mm256_madd_epi16(input, _mm256_loadu_si256(w)));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(input, _mm256_loadu_si256(w + 1)));
  }
  for (int i = 0; i < own; i += 2, w += 2) {
    low = _mm256_add_epi32(low, _mm256_madd_epi16(d->pairs[i], _mm256_loadu_si256(w)));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(d->pairs[i + 1], _mm256_loadu_si256(w + 1)));
  }
  return _mm256_packs_epi32(_mm256_srai_epi32(low, 14), _mm256_srai_epi32(high, 14));
}

INLINE void move(__m256i *weights, __m256i product, int shift, __m128i count) {
  if (shift) {
    product = _mm256_sign_epi16(_mm256_srl_epi16(_mm256_abs_epi16(product), count), product);
  }
  _mm256_storeu_si256(weights, _mm256_adds_epi16(_mm256_loadu_si256(weights), product));
}

INLINE void learn_weights_by(
    int16_t *weights, const int16_t *residuals, int inputs, int own, const differences *d,
    __m256i errors, int shift, __m128i count) {
  __m256i low = _mm256_unpacklo_epi16(errors, errors);
  __m256i high = _mm256_unpackhi_epi16(errors, errors);
  __m256i *w = (__m256i *)weights;
  for (int i = 0; i < inputs; i += 2, w += 2) {
    int32_t pair;
    memcpy(&pair, residuals + i, 4);
    __m256i input = _mm256_set1_epi32(pair);
    move(w, _mm256_mullo_epi16(input, low), shift, count);
    move(w + 1, _mm256_mullo_epi16(input, high), shift, count);
  }
  for (int i = 0; i < own; i += 2, w += 2) {
    move(w, _mm256_mullo_epi16(d->pairs[i], low), shift, count);
    move(w + 1, _mm256_mullo_epi16(d->pairs[i + 1], high), shift, count);
  }
}

INLINE void learn_weights(
    int16_t *weights, const int16_t *residuals, int inputs, int own, const differences *d,
    __m256i errors, int shift) {
  __m256i squares = _mm256_setzero_si256();
  for (int i = 0; i < inputs; i += 16) {
    __m256i input = _mm256_loadu_si256((const __m256i *)(residuals + i));
    squares = _mm256_add_epi32(squares, _mm256_madd_epi16(input, input));
  }
  __m128i sum = _mm_add_epi32(
      _mm256_castsi256_si128(squares), _mm256_extracti128_si256(squares, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  // At most 48 · 32² = 49,152.
  for (unsigned power = (unsigned)_mm_cvtsi128_si32(sum); power > 2048; power >>= 1) shift++;
  if (shift == 0) {
    learn_weights_by(weights, residuals, inputs, own, d, errors, 0, _mm_setzero_si128());
  } else {
    learn_weights_by(weights, residuals, inputs, own, d, errors, 1, _mm_cvtsi32_si128(shift));
  }
}
