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

#if WIDE

/// Six or ten differences, two by two: lanes 0…3, 8…11, 4…7 and 12…15.
typedef struct { __m512i pairs[around / 2]; } differences;

INLINE void set_pair(differences *d, int i, __m256i a, __m256i b) {
  d->pairs[i / 2] = _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_unpacklo_epi16(a, b)), _mm256_unpackhi_epi16(a, b), 1);
}

INLINE __m512i pair_of(const int16_t *residuals) {
  int32_t pair;
  memcpy(&pair, residuals, 4);
  return _mm512_set1_epi32(pair);
}

#else

/// Six or ten differences, two by two: lanes 0…3 and 8…11, then lanes 4…7 and 12…15.
typedef struct { __m256i pairs[around]; } differences;

INLINE void set_pair(differences *d, int i, __m256i a, __m256i b) {
  d->pairs[i] = _mm256_unpacklo_epi16(a, b);
  d->pairs[i + 1] = _mm256_unpackhi_epi16(a, b);
}

INLINE __m256i pair_of(const int16_t *residuals) {
  int32_t pair;
  memcpy(&pair, residuals, 4);
  return _mm256_set1_epi32(pair);
}

#endif

/// The corrections of 16 lanes to what was expected of them.
INLINE __m256i correction(
    const int16_t *weights, const int16_t *residuals, int inputs, int own,
    const differences *d) {
#if WIDE
  const __m512i *w = (const __m512i *)weights;
  // Two sums, as each is a chain of additions.
  __m512i sum = _mm512_set1_epi32(8192), other = _mm512_setzero_si512();
  _Pragma("clang loop unroll_count(4)") for (int i = 0; i < inputs; i += 4, w += 2) {
    sum = _mm512_dpwssd_epi32(sum, pair_of(residuals + i), _mm512_loadu_si512(w));
    other = _mm512_dpwssd_epi32(other, pair_of(residuals + i + 2), _mm512_loadu_si512(w + 1));
  }
  for (int i = 0; i < own; i += 2, w++) {
    sum = _mm512_dpwssd_epi32(sum, d->pairs[i / 2], _mm512_loadu_si512(w));
  }
  sum = _mm512_srai_epi32(_mm512_add_epi32(sum, other), 14);
  return _mm256_packs_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
#else
  __m256i low = _mm256_set1_epi32(8192), high = low;
  const __m256i *w = (const __m256i *)weights;
  for (int i = 0; i < inputs; i += 2, w += 2) {
    __m256i input = pair_of(residuals + i);
    low = _mm256_add_epi32(low, _mm256_madd_epi16(input, _mm256_loadu_si256(w)));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(input, _mm256_loadu_si256(w + 1)));
  }
  for (int i = 0; i < own; i += 2, w += 2) {
    low = _mm256_add_epi32(low, _mm256_madd_epi16(d->pairs[i], _mm256_loadu_si256(w)));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(d->pairs[i + 1], _mm256_loadu_si256(w + 1)));
  }
  return _mm256_packs_epi32(_mm256_srai_epi32(low, 14), _mm256_srai_epi32(high, 14));
#endif
}

#if WIDE

/// Adds products divided by 2^shift, rounded towards 0.
INLINE void move(__m512i *weights, __m512i product, int shift, __m128i count, __m128i rest) {
  if (shift) {
    // Products are at most 1024: down to a rest of 10 bits, what is left of them without a sign is
    // 2^shift − 1 for negative ones and 0 for others, or 1 for 1024, which changes nothing.
    __m512i bias = _mm512_srl_epi16(shift > 6 ? _mm512_srai_epi16(product, 15) : product, rest);
    product = _mm512_sra_epi16(_mm512_add_epi16(product, bias), count);
  }
  _mm512_storeu_si512(weights, _mm512_adds_epi16(_mm512_loadu_si512(weights), product));
}

INLINE void learn_weights_by(
    int16_t *weights, const int16_t *residuals, int inputs, int own, const differences *d,
    __m256i errors, int kind, int shift) {
  const __m128i count = _mm_cvtsi32_si128(shift), rest = _mm_cvtsi32_si128(16 - shift);
  __m512i both = _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_unpacklo_epi16(errors, errors)),
      _mm256_unpackhi_epi16(errors, errors), 1);
  __m512i *w = (__m512i *)weights;
  _Pragma("clang loop unroll_count(8)") for (int i = 0; i < inputs; i += 2, w++) {
    move(w, _mm512_mullo_epi16(pair_of(residuals + i), both), kind, count, rest);
  }
  for (int i = 0; i < own; i += 2, w++) {
    move(w, _mm512_mullo_epi16(d->pairs[i / 2], both), kind, count, rest);
  }
}

#else

INLINE void move(__m256i *weights, __m256i product, int shift, __m128i count) {
  if (shift) {
    product = _mm256_sign_epi16(_mm256_srl_epi16(_mm256_abs_epi16(product), count), product);
  }
  _mm256_storeu_si256(weights, _mm256_adds_epi16(_mm256_loadu_si256(weights), product));
}

INLINE void learn_weights_by(
    int16_t *weights, const int16_t *residuals, int inputs, int own, const differences *d,
    __m256i errors, int kind, int shift) {
  const __m128i count = _mm_cvtsi32_si128(shift);
  __m256i low = _mm256_unpacklo_epi16(errors, errors);
  __m256i high = _mm256_unpackhi_epi16(errors, errors);
  __m256i *w = (__m256i *)weights;
  for (int i = 0; i < inputs; i += 2, w += 2) {
    __m256i input = pair_of(residuals + i);
    move(w, _mm256_mullo_epi16(input, low), kind, count);
    move(w + 1, _mm256_mullo_epi16(input, high), kind, count);
  }
  for (int i = 0; i < own; i += 2, w += 2) {
    move(w, _mm256_mullo_epi16(d->pairs[i], low), kind, count);
    move(w + 1, _mm256_mullo_epi16(d->pairs[i + 1], high), kind, count);
  }
}

#endif

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

INLINE void learn_weights(
    int16_t *weights, const int16_t *residuals, int inputs, int own, const differences *d,
    __m256i errors, const squares *s, int slowness) {
  unsigned power = s->newest + s->middle + s->oldest;
  // As often as it has to be halved to be at most 2048.
  int halvings = 0;
  if (power > 2048) {
    halvings = 20 - __builtin_clz(power);
    halvings += power >> halvings > 2048;
  }
  int shift = slowness + halvings;
  if (shift == 0) {
    learn_weights_by(weights, residuals, inputs, own, d, errors, 0, 0);
  } else if (shift <= 6) {
    learn_weights_by(weights, residuals, inputs, own, d, errors, 1, shift);
  } else {
    learn_weights_by(weights, residuals, inputs, own, d, errors, 7, shift);
  }
}
