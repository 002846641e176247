// Rows: how they are mixed, and how they learn.
#pragma once
#include "context_target.h"

enum { energy_classes = 6, count_limit = 96 };

/// From place 15 − s on: all bits but three where a slot is above symbol s, and none elsewhere.
static const uint16_t above_masks[48] __attribute__((aligned(64))) = {
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF,
  0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF,
  0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF,
  0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF, 0x1FFF,
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

// Learning adds (65535 − x) >> h to slots above the symbol, which is (65535 >> h) − (x >> h), and
// takes x >> h from the others: so all lose x >> h, and those above gain 65535 >> h. h is 3 and the
// count's upper bits; the count itself is in slot 0. Shifting by 3 first makes the way from a row to
// the next of the same place shorter, which is what the coder waits for.

INLINE void learn8(uint16_t *row, int symbol) {
  __m128i x = _mm_loadu_si128((const __m128i *)row);
  __m128i above = _mm_loadu_si128((const __m128i *)(above_masks + 15 - symbol));
  __m128i rate = _mm_cvtepu16_epi64(_mm_srli_epi16(x, 5));
  __m128i loss = _mm_srl_epi16(_mm_srli_epi16(x, 3), rate);
  __m128i y = _mm_sub_epi16(_mm_add_epi16(x, _mm_srl_epi16(above, rate)), loss);
  __m128i count = _mm_min_epu16(
      _mm_add_epi16(x, _mm_set1_epi16(1)), _mm_set1_epi16(count_limit));
  _mm_storeu_si128((__m128i *)row, _mm_blend_epi16(y, count, 1));
}

INLINE void learn16(uint16_t *row, int symbol) {
  __m256i x = _mm256_loadu_si256((const __m256i *)row);
  __m256i above = _mm256_loadu_si256((const __m256i *)(above_masks + 15 - symbol));
  __m128i rate = _mm_cvtepu16_epi64(_mm_srli_epi16(_mm256_castsi256_si128(x), 5));
  __m256i loss = _mm256_srl_epi16(_mm256_srli_epi16(x, 3), rate);
  __m256i y = _mm256_sub_epi16(_mm256_add_epi16(x, _mm256_srl_epi16(above, rate)), loss);
  __m256i count = _mm256_min_epu16(
      _mm256_add_epi16(x, _mm256_set1_epi16(1)), _mm256_set1_epi16(count_limit));
  // The blend takes every eighth word: the ninth one is put back.
  y = _mm256_blend_epi32(_mm256_blend_epi16(y, count, 1), y, 0xF0);
  _mm256_storeu_si256((__m256i *)row, y);
}

INLINE void learn(int slots, uint16_t *row, int symbol) {
  if (slots == 8) learn8(row, symbol); else learn16(row, symbol);
}

/// What slots above a symbol gain where the count is at its limit and h is 6; the count gains what
/// x >> h takes from it.
#define GAIN(symbol, slot) (slot == 0 ? 1 : slot > symbol ? 65535 >> 6 : 0)
#define GAINS8(s) \
  GAIN(s, 0), GAIN(s, 1), GAIN(s, 2), GAIN(s, 3), GAIN(s, 4), GAIN(s, 5), GAIN(s, 6), GAIN(s, 7)
#define GAINS16(s) \
  GAINS8(s), GAIN(s, 8), GAIN(s, 9), GAIN(s, 10), GAIN(s, 11), GAIN(s, 12), GAIN(s, 13), \
      GAIN(s, 14), GAIN(s, 15)
static const uint16_t gains8[8][8] __attribute__((aligned(64))) = {
  {GAINS8(0)}, {GAINS8(1)}, {GAINS8(2)}, {GAINS8(3)}, {GAINS8(4)}, {GAINS8(5)}, {GAINS8(6)},
  {GAINS8(7)},
};
static const uint16_t gains16[16][16] __attribute__((aligned(64))) = {
  {GAINS16(0)}, {GAINS16(1)}, {GAINS16(2)}, {GAINS16(3)}, {GAINS16(4)}, {GAINS16(5)},
  {GAINS16(6)}, {GAINS16(7)}, {GAINS16(8)}, {GAINS16(9)}, {GAINS16(10)}, {GAINS16(11)},
  {GAINS16(12)}, {GAINS16(13)}, {GAINS16(14)}, {GAINS16(15)},
};

/// Lets a row learn whose count is at its limit; `scaled` is the symbol times the bytes of a row.
INLINE void learn_at_limit(int slots, uint16_t *row, uint32_t scaled) {
  if (slots == 8) {
    __m128i x = _mm_loadu_si128((const __m128i *)row);
    __m128i gain = _mm_load_si128((const __m128i *)((const uint8_t *)gains8 + scaled));
    _mm_storeu_si128(
        (__m128i *)row, _mm_add_epi16(_mm_sub_epi16(x, _mm_srli_epi16(x, 6)), gain));
  } else {
    __m256i x = _mm256_loadu_si256((const __m256i *)row);
    __m256i gain = _mm256_load_si256((const __m256i *)((const uint8_t *)gains16 + scaled));
    _mm256_storeu_si256(
        (__m256i *)row, _mm256_add_epi16(_mm256_sub_epi16(x, _mm256_srli_epi16(x, 6)), gain));
  }
}

/// Whether counts, of which the first word has the bits that all of them have, are at their limit:
/// no lower count has both of its bits.
INLINE int is_count_limit(__m128i counts) {
  return (_mm_cvtsi128_si32(counts) & 0xFFFF) == count_limit;
}

/// The same for the counts of four rows.
INLINE int are_at_limit(const uint16_t *rows, const uint32_t *at) {
  return (rows[at[0]] & rows[at[1]] & rows[at[2]] & rows[at[3]]) == count_limit;
}

/// Four rows, of which some may be the same, learn one after the other; `scaled` are their symbols
/// times the bytes of a row.
INLINE void learn_four(
    int slots, uint16_t *rows, const uint32_t *at, const uint32_t *scaled, int is_at_limit) {
  if (is_at_limit) {
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k++) {
      learn_at_limit(slots, rows + at[k], scaled[k]);
    }
  } else {
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k++) {
      learn(slots, rows + at[k], (int)(scaled[k] >> (slots == 8 ? 4 : 5)));
    }
  }
}

#if WIDE

INLINE __m512i four_rows(const uint16_t *rows, const uint32_t *at) {
  __m512i x = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(rows + at[0])));
  x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(rows + at[1])), 1);
  x = _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(rows + at[2])), 2);
  return _mm512_inserti32x4(x, _mm_loadu_si128((const __m128i *)(rows + at[3])), 3);
}

INLINE __m512i two_rows(const uint16_t *rows, const uint32_t *at) {
  return _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(rows + at[0]))),
      _mm256_loadu_si256((const __m256i *)(rows + at[1])), 1);
}

/// Word i / 8, or i / 16, in every place i.
INLINE __m512i spread_words(int slots) {
  const __m512i ramp = _mm512_cvtepi8_epi16(_mm256_setr_epi8(
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
      26, 27, 28, 29, 30, 31));
  return _mm512_srli_epi16(ramp, slots == 8 ? 3 : 4);
}

/// The place in its row of every slot.
INLINE __m512i slot_numbers(int slots) {
  __m512i eight = _mm512_broadcast_i32x4(_mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7));
  return slots == 8 ? eight
                    : _mm512_add_epi16(eight, _mm512_maskz_set1_epi16(0xFF00FF00, 8));
}

/// Four rows, all different, learn symbols; `scaled` are these times the bytes of a row.
INLINE void learn_apart(
    int slots, uint16_t *rows, const uint32_t *at, const uint32_t *scaled) {
  const __m128i symbols = _mm_loadu_si128((const __m128i *)scaled);
  const __m512i places = _mm512_slli_epi16(slot_numbers(slots), slots == 8 ? 4 : 5);
  const __m512i spread = spread_words(slots);
  const __mmask32 counts = slots == 8 ? 0x01010101 : 0x00010001;
  const __m512i firsts = _mm512_slli_epi16(spread, slots == 8 ? 3 : 4);
  const int together = 32 / slots;
  _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k += together, at += together) {
    __m512i x = slots == 8 ? four_rows(rows, at) : two_rows(rows, at);
    // Symbols are every second word.
    __m512i own = _mm512_permutexvar_epi16(
        _mm512_add_epi16(_mm512_slli_epi16(spread, 1), _mm512_set1_epi16((short)(2 * k))),
        _mm512_castsi128_si512(symbols));
    __m512i above = _mm512_maskz_set1_epi16(
        _mm512_cmplt_epi16_mask(own, places), 0x1FFF);
    __m512i rate = _mm512_srli_epi16(_mm512_permutexvar_epi16(firsts, x), 5);
    __m512i loss = _mm512_srlv_epi16(_mm512_srli_epi16(x, 3), rate);
    __m512i y = _mm512_sub_epi16(_mm512_add_epi16(x, _mm512_srlv_epi16(above, rate)), loss);
    y = _mm512_mask_min_epu16(
        y, counts, _mm512_add_epi16(x, _mm512_set1_epi16(1)), _mm512_set1_epi16(count_limit));
    if (slots == 8) {
      _mm_storeu_si128((__m128i *)(rows + at[0]), _mm512_castsi512_si128(y));
      _mm_storeu_si128((__m128i *)(rows + at[1]), _mm512_extracti32x4_epi32(y, 1));
      _mm_storeu_si128((__m128i *)(rows + at[2]), _mm512_extracti32x4_epi32(y, 2));
      _mm_storeu_si128((__m128i *)(rows + at[3]), _mm512_extracti32x4_epi32(y, 3));
    } else {
      _mm256_storeu_si256((__m256i *)(rows + at[0]), _mm512_castsi512_si256(y));
      _mm256_storeu_si256((__m256i *)(rows + at[1]), _mm512_extracti64x4_epi64(y, 1));
    }
  }
}

#endif

/// The rows of four lanes learn symbols, given times the bytes of a row; rows A may be shared, rows
/// B are not.
INLINE void learn_lanes(
    int slots, int is_key, uint16_t *rows, const uint32_t *at_a, const uint32_t *at_b,
    const uint32_t *scaled, int a_is_at_limit, int b_is_at_limit) {
  learn_four(slots, rows, at_a, scaled, a_is_at_limit);
#if WIDE
  learn_apart(slots, rows, at_b, scaled);
#else
  // Without a frame before, few of these rows have seen enough.
  learn_four(slots, rows, at_b, scaled, !is_key && b_is_at_limit);
#endif
}

/// The same for sixteen lanes, whose symbols are words.
INLINE void learn_symbols(
    int slots, int is_key, uint16_t *rows, const uint32_t *at_a, const uint32_t *at_b,
    __m256i symbols) {
  uint32_t scaled[16];
  for (int half = 0; half < 2; half++) {
    __m128i eight = half ? _mm256_extracti128_si256(symbols, 1) : _mm256_castsi256_si128(symbols);
    _mm256_storeu_si256(
        (__m256i *)(scaled + 8 * half),
        _mm256_cvtepu16_epi32(_mm_slli_epi16(eight, slots == 8 ? 4 : 5)));
  }
  FROM_MEMORY(scaled);
  _Pragma("clang loop unroll(full)") for (int lane = 0; lane < 16; lane += 4) {
    learn_lanes(
        slots, is_key, rows, at_a + lane, at_b + lane, scaled + lane,
        are_at_limit(rows, at_a + lane), are_at_limit(rows, at_b + lane));
  }
}
