// Sixteen symbols read at once.
#pragma once
#include "context_symbols.h"
#include "context_weights.h"

#if !WIDE

/// Of every set of four lanes, where the bytes of words go so that each lane of the set has one.
static const uint8_t expansions[16][16] __attribute__((aligned(16))) = {
  {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128},
  {0, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128},
  {128, 128, 128, 128, 0, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128},
  {0, 1, 128, 128, 2, 3, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128},
  {128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 128, 128, 128, 128, 128, 128},
  {0, 1, 128, 128, 128, 128, 128, 128, 2, 3, 128, 128, 128, 128, 128, 128},
  {128, 128, 128, 128, 0, 1, 128, 128, 2, 3, 128, 128, 128, 128, 128, 128},
  {0, 1, 128, 128, 2, 3, 128, 128, 4, 5, 128, 128, 128, 128, 128, 128},
  {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 128, 128},
  {0, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 2, 3, 128, 128},
  {128, 128, 128, 128, 0, 1, 128, 128, 128, 128, 128, 128, 2, 3, 128, 128},
  {0, 1, 128, 128, 2, 3, 128, 128, 128, 128, 128, 128, 4, 5, 128, 128},
  {128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 128, 128, 2, 3, 128, 128},
  {0, 1, 128, 128, 128, 128, 128, 128, 2, 3, 128, 128, 4, 5, 128, 128},
  {128, 128, 128, 128, 0, 1, 128, 128, 2, 3, 128, 128, 4, 5, 128, 128},
  {0, 1, 128, 128, 2, 3, 128, 128, 4, 5, 128, 128, 6, 7, 128, 128},
};

#endif

/// States below 2^16 get the next words, in the order of the lanes.
INLINE __m128i refill(coder *c, __m128i states) {
  __m128i words = _mm_loadl_epi64((const __m128i *)c->position);
#if WIDE
  __mmask8 is_short = _mm_cmplt_epu32_mask(states, _mm_set1_epi32(0x10000));
  c->position += 2 * __builtin_popcount(is_short);
  return _mm_mask_or_epi32(
      states, is_short, _mm_slli_epi32(states, 16),
      _mm_maskz_expand_epi32(is_short, _mm_cvtepu16_epi32(words)));
#else
  __m128i is_short = _mm_cmpeq_epi32(_mm_srli_epi32(states, 16), _mm_setzero_si128());
  unsigned mask = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(is_short));
  c->position += 2 * __builtin_popcount(mask);
  words = _mm_shuffle_epi8(words, _mm_load_si128((const __m128i *)expansions[mask]));
  return _mm_or_si128(_mm_blendv_epi8(states, _mm_slli_epi32(states, 16), is_short), words);
#endif
}

/// Where a state is between a row's sums: how far above the one at or below it, with that one's
/// number in the word beside, and how far below the last place of its symbol.
typedef struct { __m128i above, below; } distances;

/// Each is the least of the distances to all sums, as those to sums on the other side, which are
/// negative, count from 2^15 on.
INLINE distances find8(__m128i sums, __m128i state) {
  const __m128i end = _mm_set1_epi16(0x7FFF);
  __m128i lasts = _mm_alignr_epi8(end, _mm_add_epi16(sums, _mm_set1_epi16(-1)), 2);
  return (distances){
    _mm_minpos_epu16(_mm_sub_epi16(state, sums)), _mm_minpos_epu16(_mm_sub_epi16(lasts, state))};
}

/// The same for 16 sums; the number is that of a sum or of the one eight places before it.
INLINE distances find16(__m256i sums, __m128i state) {
  const __m128i end = _mm_set1_epi16(0x7FFF);
  __m256i before = _mm256_add_epi16(sums, _mm256_set1_epi16(-1));
  __m128i high = _mm256_extracti128_si256(before, 1);
  __m256i lasts = _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_alignr_epi8(high, _mm256_castsi256_si128(before), 2)),
      _mm_alignr_epi8(end, high, 2), 1);
  const __m256i states = _mm256_broadcastsi128_si256(state);
  __m256i above = _mm256_sub_epi16(states, sums), below = _mm256_sub_epi16(lasts, states);
  return (distances){
    _mm_minpos_epu16(_mm_min_epu16(
        _mm256_castsi256_si128(above), _mm256_extracti128_si256(above, 1))),
    _mm_minpos_epu16(_mm_min_epu16(
        _mm256_castsi256_si128(below), _mm256_extracti128_si256(below, 1)))};
}

/// The first 32 bits of each.
INLINE __m128i first_of(__m128i a, __m128i b, __m128i c, __m128i d) {
  return _mm_unpacklo_epi64(_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
}

/// Reads a symbol of each of sixteen lanes, whose rows are at `at_a` and `at_b`, with four states,
/// and lets the rows learn them; returns them in words. From state to state a processor waits, so
/// what changes none is in between: rows that learn, and a lesson that was put off.
INLINE __m256i read_symbols(
    coder *c, const mixer *m, int slots, int is_key, uint16_t *rows, const uint32_t *at_a,
    const uint32_t *at_b, pending_lesson *pending, int own) {
  // All rows are mixed before one of them learns.
  __m128i sums[16], counts_a[4], counts_b[4];
  __m256i sums16[16];
  _Pragma("clang loop unroll(full)") for (int lane = 0; lane < 16; lane++) {
    const uint16_t *a = rows + at_a[lane], *b = rows + at_b[lane];
    if (slots == 8) sums[lane] = mix8(m, a, b); else sums16[lane] = mix16(m, a, b);
    const int four = lane / 4;
    __m128i first_a = _mm_loadu_si128((const __m128i *)a);
    __m128i first_b = _mm_loadu_si128((const __m128i *)b);
    counts_a[four] = lane % 4 == 0 ? first_a : _mm_and_si128(counts_a[four], first_a);
    counts_b[four] = lane % 4 == 0 ? first_b : _mm_and_si128(counts_b[four], first_b);
  }
  const __m128i low_words = _mm_set1_epi32(0xFFFF);
  __m128i x = _mm_loadu_si128((const __m128i *)c->states), symbols[4];
  _Pragma("clang loop unroll(full)") for (int four = 0; four < 4; four++) {
    __m128i place = _mm_and_si128(x, _mm_set1_epi32(0x7FFF));
    distances found[4];
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k++) {
      __m128i state = _mm_shuffle_epi8(place, _mm_set1_epi16((short)(0x0100 + 0x0404 * k)));
      found[k] = slots == 8 ? find8(sums[4 * four + k], state)
                            : find16(sums16[4 * four + k], state);
    }
    __m128i above = first_of(found[0].above, found[1].above, found[2].above, found[3].above);
    __m128i below = first_of(found[0].below, found[1].below, found[2].below, found[3].below);
    // The two distances are one less than the frequency.
    __m128i less = _mm_and_si128(_mm_add_epi16(above, below), low_words);
    __m128i whole = _mm_srli_epi32(x, 15);
    x = refill(c, _mm_add_epi32(
        _mm_mullo_epi32(less, whole), _mm_add_epi32(whole, _mm_and_si128(above, low_words))));

    symbols[four] = _mm_srli_epi32(above, 16);
    if (slots == 16) {
      __m128i eighths[4];
      for (int k = 0; k < 4; k++) eighths[k] = _mm256_extracti128_si256(sums16[4 * four + k], 1);
      __m128i eighth = _mm_and_si128(
          first_of(eighths[0], eighths[1], eighths[2], eighths[3]), low_words);
      symbols[four] = _mm_add_epi32(
          symbols[four],
          _mm_andnot_si128(_mm_cmpgt_epi32(eighth, place), _mm_set1_epi32(8)));
    }
    uint32_t scaled[4];
    _mm_storeu_si128((__m128i *)scaled, _mm_slli_epi32(symbols[four], slots == 8 ? 4 : 5));
    FROM_MEMORY(scaled);
    learn_lanes(
        slots, is_key, rows, at_a + 4 * four, at_b + 4 * four, scaled,
        is_count_limit(counts_a[four]), is_count_limit(counts_b[four]));
    if (pending->lesson.weights) learn_quarter(&pending->lesson, own, four);
  }
  pending->lesson.weights = NULL;
  _mm_storeu_si128((__m128i *)c->states, x);
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_packus_epi32(symbols[0], symbols[1])),
      _mm_packus_epi32(symbols[2], symbols[3]), 1);
}
