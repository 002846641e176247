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
    advance(c, 0, state, flag ? frequency : 0, flag ? 32768 - frequency : frequency);
  } else {
    note(c, 0, flag ? frequency : 0, flag ? 32768 - frequency : frequency);
  }
  return flag;
}
