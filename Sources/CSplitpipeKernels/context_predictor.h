// What the codes of a group are expected to be.
#pragma once
#include "context_pairs.h"

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

/// Six or ten differences, two by two.
typedef struct { pairs pairs[around / 2]; } differences;

/// The corrections of 16 lanes to what was expected of them, from the residuals of groups before
/// and the differences near by.
INLINE __m256i correction(
    const int16_t *weights, const int16_t *residuals, int inputs, int own,
    const differences *near) {
  // What is known last comes last, and in several sums, as each is a chain of additions.
  enum { chains = WIDE ? 4 : 2 };
  pairs sums[chains] = {all_lanes(8192)};
  for (int i = 0; i < own; i += 2) {
    pairs *sum = sums + i / 2 % chains;
    *sum = add_products(*sum, near->pairs[i / 2], weights + 16 * (inputs + i));
  }
  for (int from = 0; from < inputs; from += 16) {
    _Pragma("clang loop unroll(full)") for (int i = from; i < from + 16; i += 2) {
      pairs *sum = sums + i / 2 % chains;
      *sum = add_products(*sum, pair_of(residuals + i), weights + 16 * i);
    }
  }
  for (int i = chains / 2; i > 0; i /= 2) {
    for (int k = 0; k < i; k++) sums[k] = add_pairs(sums[k], sums[k + i]);
  }
  return by_16384(sums[0]);
}

/// The sums of squares of the last groups' residuals, at most 16 · 32² each, the newest first.
typedef struct { unsigned newest, middle, oldest; } squares;

INLINE void push(squares *s, unsigned sum) {
  s->oldest = s->middle;
  s->middle = s->newest;
  s->newest = sum;
}

INLINE unsigned sum_of_squares(__m256i residuals) {
  __m256i squares = _mm256_madd_epi16(residuals, residuals);
  __m128i sum = _mm_add_epi32(
      _mm256_castsi256_si128(squares), _mm256_extracti128_si256(squares, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return (unsigned)_mm_cvtsi128_si32(sum);
}

/// How often products of residuals and errors are halved: until the power is at most 2048, and as
/// often as `slowness` says.
INLINE int halvings(const squares *s, int slowness) {
  unsigned power = s->newest + s->middle + s->oldest;
  int count = 0;
  if (power > 2048) {
    count = 20 - __builtin_clz(power);
    count += power >> count > 2048;
  }
  return slowness + count;
}
