// Symbols, noted as events or read from states.
#pragma once
#include "context_rows.h"

typedef struct {
  uint32_t *events;
  const uint8_t *position;
  uint32_t states[4];
  uint32_t lane_mask;
} coder;

INLINE void note(coder *c, uint32_t lane, uint32_t low, uint32_t frequency) {
  *c->events++ = lane << 30 | frequency << 15 | low;
}

INLINE void advance(coder *c, uint32_t lane, uint32_t state, uint32_t low, uint32_t frequency) {
  uint32_t next = frequency * (state >> 15) + (state & 0x7FFF) - low;
  uint16_t word;
  memcpy(&word, c->position, 2);
  int is_short = next < 0x10000;
  c->position += 2 * is_short;
  c->states[lane] = is_short ? next << 16 | word : next;
}

/// Codes a symbol whose rows are a and b; returns it.
INLINE int code_symbol(
    coder *c, int decodes, const mixer *m, int slots, const uint16_t *a, const uint16_t *b,
    uint32_t lane, int symbol, uint16_t *sums) {
  if (slots == 8) {
    __m128i cumulative = mix8(m, a, b);
    _mm_storeu_si128((__m128i *)sums, cumulative);
    if (decodes) {
      uint32_t state = c->states[lane];
      __m128i above = _mm_subs_epu16(cumulative, _mm_set1_epi16((short)(state & 0x7FFF)));
      unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi16(above, _mm_setzero_si128()));
      symbol = (__builtin_popcount(mask) >> 1) - 1;
      uint32_t low = sums[symbol];
      advance(c, lane, state, low, sums[symbol + 1] - low);
      return symbol;
    }
  } else {
    __m256i cumulative = mix16(m, a, b);
    _mm256_storeu_si256((__m256i *)sums, cumulative);
    if (decodes) {
      uint32_t state = c->states[lane];
      __m256i above = _mm256_subs_epu16(cumulative, _mm256_set1_epi16((short)(state & 0x7FFF)));
      unsigned mask =
          (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi16(above, _mm256_setzero_si256()));
      symbol = (__builtin_popcount(mask) >> 1) - 1;
      uint32_t low = sums[symbol];
      advance(c, lane, state, low, sums[symbol + 1] - low);
      return symbol;
    }
  }
  uint32_t low = sums[symbol];
  note(c, lane, low, sums[symbol + 1] - low);
  return symbol;
}

/// Codes a flag that is 0 with this frequency of 32768; returns it.
INLINE int code_flag(coder *c, int decodes, int flag, uint32_t frequency) {
  if (decodes) {
    uint32_t state = c->states[0];
    flag = (state & 0x7FFF) >= frequency;
    // Reading the states as a vector waits for a store of one of them, but not for one of all.
    __m128i states = _mm_loadu_si128((const __m128i *)c->states);
    advance(c, 0, state, flag ? frequency : 0, flag ? 32768 - frequency : frequency);
    states = _mm_blend_epi16(states, _mm_cvtsi32_si128((int)c->states[0]), 3);
    _mm_storeu_si128((__m128i *)c->states, states);
  } else {
    note(c, 0, flag ? frequency : 0, flag ? 32768 - frequency : frequency);
  }
  return flag;
}

/// Notes a symbol of each of up to sixteen lanes, whose rows are at `at_a` and `at_b`.
INLINE void note_symbols(
    coder *c, const mixer *m, const uint16_t *rows, const uint32_t *at_a, const uint32_t *at_b,
    __m256i symbols, int lanes) {
  // What is below each symbol and below the next one, of both rows.
  uint32_t a[16], b[16];
  uint16_t places[16];
  _mm256_storeu_si256((__m256i *)places, symbols);
  FROM_MEMORY(places);
  _Pragma("clang loop unroll(full)") for (int lane = 0; lane < 16; lane++) {
    memcpy(a + lane, rows + at_a[lane] + places[lane], 4);
    memcpy(b + lane, rows + at_b[lane] + places[lane], 4);
  }
  const __m256i scale = _mm256_set1_epi16((short)(32768 - m->symbols));
  const __m256i lane = _mm256_slli_epi32(_mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3), 30);
  for (int half = 0; half < 2; half++) {
    __m256i symbol = _mm256_cvtepu16_epi32(
        half ? _mm256_extracti128_si256(symbols, 1) : _mm256_castsi256_si128(symbols));
    __m256i mean = _mm256_avg_epu16(
        _mm256_loadu_si256((const __m256i *)(a + 8 * half)),
        _mm256_loadu_si256((const __m256i *)(b + 8 * half)));
    __m256i next = _mm256_slli_epi32(_mm256_add_epi32(symbol, _mm256_set1_epi32(1)), 16);
    __m256i sums = _mm256_add_epi16(
        _mm256_mulhi_epu16(mean, scale), _mm256_or_si256(symbol, next));
    __m256i is_first = _mm256_cmpeq_epi32(symbol, _mm256_setzero_si256());
    __m256i is_last = _mm256_cmpeq_epi32(symbol, _mm256_set1_epi32(m->symbols - 1));
    __m256i low = _mm256_andnot_si256(is_first, _mm256_and_si256(sums, _mm256_set1_epi32(0xFFFF)));
    __m256i high = _mm256_blendv_epi8(
        _mm256_srli_epi32(sums, 16), _mm256_set1_epi32(32768), is_last);
    __m256i frequency = _mm256_slli_epi32(_mm256_sub_epi32(high, low), 15);
    _mm256_storeu_si256(
        (__m256i *)(c->events + 8 * half),
        _mm256_or_si256(_mm256_or_si256(low, lane), frequency));
  }
  c->events += lanes;
}
