// Two words of each of sixteen lanes, as the predictor multiplies them: of lanes 0…3, 8…11, 4…7 and
// 12…15, in one vector or in two.
#pragma once
#include "context_target.h"

#if WIDE

typedef __m512i pairs;

INLINE pairs all_lanes(int32_t pair) { return _mm512_set1_epi32(pair); }

INLINE pairs interleave(__m256i a, __m256i b) {
  return _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_unpacklo_epi16(a, b)), _mm256_unpackhi_epi16(a, b), 1);
}

INLINE pairs add_pairs(pairs a, pairs b) { return _mm512_add_epi32(a, b); }

/// Adds each lane's two products with its weights.
INLINE pairs add_products(pairs sums, pairs inputs, const int16_t *weights) {
  return _mm512_dpwssd_epi32(sums, inputs, _mm512_loadu_si512(weights));
}

/// Sums divided by 2^14, as words in the order of the lanes.
INLINE __m256i by_16384(pairs sums) {
  sums = _mm512_srai_epi32(sums, 14);
  return _mm256_packs_epi32(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64(sums, 1));
}

#else

typedef struct { __m256i low, high; } pairs;

INLINE pairs all_lanes(int32_t pair) {
  return (pairs){_mm256_set1_epi32(pair), _mm256_set1_epi32(pair)};
}

INLINE pairs interleave(__m256i a, __m256i b) {
  return (pairs){_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
}

INLINE pairs add_pairs(pairs a, pairs b) {
  return (pairs){_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}

/// Adds each lane's two products with its weights.
INLINE pairs add_products(pairs sums, pairs inputs, const int16_t *weights) {
  const __m256i *w = (const __m256i *)weights;
  return add_pairs(sums, (pairs){
      _mm256_madd_epi16(inputs.low, _mm256_loadu_si256(w)),
      _mm256_madd_epi16(inputs.high, _mm256_loadu_si256(w + 1))});
}

/// Sums divided by 2^14, as words in the order of the lanes.
INLINE __m256i by_16384(pairs sums) {
  return _mm256_packs_epi32(_mm256_srai_epi32(sums.low, 14), _mm256_srai_epi32(sums.high, 14));
}

#endif

INLINE pairs pair_of(const int16_t *words) {
  int32_t pair;
  memcpy(&pair, words, 4);
  return all_lanes(pair);
}
