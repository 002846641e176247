// Rows: how they are mixed, and how they learn.
#pragma once
#include "context_target.h"

enum { energy_classes = 6, count_limit = 96 };

static const uint16_t above_masks[48] __attribute__((aligned(64))) = {
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF,
  0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF,
  0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF,
  0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF,
};

/// How rows of 8 or 16 slots are mixed.
typedef struct { __m256i scale, ramp; int symbols; } mixer;

INLINE mixer make_mixer(int symbols) {
  uint16_t scale[16], ramp[16];
  for (int i = 0; i < 16; i++) {
    scale[i] = i == 0 ? 0 : (uint16_t)(32768 - symbols);
    ramp[i] = (uint16_t)(i < symbols ? i : symbols + 1);
  }
  mixer m;
  m.scale = _mm256_loadu_si256((const __m256i *)scale);
  m.ramp = _mm256_loadu_si256((const __m256i *)ramp);
  m.symbols = symbols;
  return m;
}

INLINE __m128i mix8(const mixer *m, const uint16_t *a, const uint16_t *b) {
  __m128i mean = _mm_avg_epu16(
      _mm_loadu_si128((const __m128i *)a), _mm_loadu_si128((const __m128i *)b));
  return _mm_add_epi16(
      _mm_mulhi_epu16(mean, _mm256_castsi256_si128(m->scale)), _mm256_castsi256_si128(m->ramp));
}

INLINE __m256i mix16(const mixer *m, const uint16_t *a, const uint16_t *b) {
  __m256i mean = _mm256_avg_epu16(
      _mm256_loadu_si256((const __m256i *)a), _mm256_loadu_si256((const __m256i *)b));
  return _mm256_add_epi16(_mm256_mulhi_epu16(mean, m->scale), m->ramp);
}

/// The shift of a row that starts with this count, in the low 64 bits.
INLINE __m128i rate_of(__m128i row) {
  __m128i count = _mm_and_si128(row, _mm_cvtsi32_si128(0xFFFF));
  return _mm_add_epi16(_mm_srli_epi16(count, 5), _mm_cvtsi32_si128(3));
}

INLINE void learn8(uint16_t *row, int symbol) {
  const __m128i not_count = _mm_setr_epi16(0, -1, -1, -1, -1, -1, -1, -1);
  const __m128i one = _mm_setr_epi16(1, 0, 0, 0, 0, 0, 0, 0);
  const __m128i cap = _mm_setr_epi16(count_limit, -1, -1, -1, -1, -1, -1, -1);
  __m128i above = _mm_loadu_si128((const __m128i *)(above_masks + 15 - symbol));
  __m128i x = _mm_loadu_si128((const __m128i *)row);
  __m128i y = _mm_xor_si128(x, above);
  __m128i step = _mm_and_si128(_mm_srl_epi16(y, rate_of(x)), not_count);
  y = _mm_xor_si128(_mm_sub_epi16(y, step), above);
  _mm_storeu_si128((__m128i *)row, _mm_min_epu16(_mm_add_epi16(y, one), cap));
}

INLINE void learn16(uint16_t *row, int symbol) {
  const __m256i not_count =
      _mm256_setr_epi16(0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i one = _mm256_setr_epi16(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i cap =
      _mm256_setr_epi16(count_limit, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  __m256i above = _mm256_loadu_si256((const __m256i *)(above_masks + 15 - symbol));
  __m256i x = _mm256_loadu_si256((const __m256i *)row);
  __m256i y = _mm256_xor_si256(x, above);
  __m256i step = _mm256_and_si256(
      _mm256_srl_epi16(y, rate_of(_mm256_castsi256_si128(x))), not_count);
  y = _mm256_xor_si256(_mm256_sub_epi16(y, step), above);
  _mm256_storeu_si256((__m256i *)row, _mm256_min_epu16(_mm256_add_epi16(y, one), cap));
}

INLINE void learn(int slots, uint16_t *row, int symbol) {
  if (slots == 8) learn8(row, symbol); else learn16(row, symbol);
}
