#include "context.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))
enum {
  energy_classes = 6, reach = 48, around = 10, around_in_key = 6,
  group_words = (reach + around) * 16, error_limit = 32, count_limit = 96
};

int csplitpipe_is_available(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")
      && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("lzcnt");
}

// Rows

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

// Symbols

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

// Positions

typedef struct {
  ptrdiff_t left, above, above_right, above_left, left_left, above_above;
  // Of the frame before.
  ptrdiff_t beside, over, right, below;
} places;

INLINE places places_of(
    ptrdiff_t row, ptrdiff_t column, ptrdiff_t height, ptrdiff_t width) {
  places p;
  ptrdiff_t position = row * width + column;
  if (row == 0) {
    p.left = p.above = p.above_right = p.above_left = position - 1;
  } else {
    p.above = position - width;
    p.left = column > 0 ? position - 1 : p.above;
    p.above_right = column < width - 1 ? p.above + 1 : p.above;
    p.above_left = column > 0 ? p.above - 1 : p.above;
  }
  p.left_left = column > 1 ? p.left - 1 : p.left;
  p.above_above = row > 1 ? p.above - width : p.above;
  p.beside = column > 0 ? position - 1 : position;
  p.over = row > 0 ? position - width : position;
  p.right = column < width - 1 ? position + 1 : position;
  p.below = row < height - 1 ? position + width : position;
  return p;
}

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

INLINE int code_skip(
    const csplitpipe_plane *p, coder *c, int decodes, ptrdiff_t position, const places *near,
    int group, int lanes, int energy_class, int unskipped) {
  const int groups = p->groups;
  const size_t at = (size_t)position * (size_t)p->channels + 16 * (size_t)group;
  int flags = p->skipped[near->left * groups + group] + p->skipped[near->above * groups + group]
      + p->skipped[near->above_right * groups + group];
  __m128i before = _mm_loadu_si128((const __m128i *)(p->before + at));
  __m128i valid = _mm_cmpgt_epi8(
      _mm_set1_epi8((char)lanes),
      _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  __m256i distance = _mm256_abs_epi16(_mm256_sub_epi16(
      wide(p->expected + at),
      _mm256_srai_epi16(_mm256_slli_epi16(_mm256_cvtepu8_epi16(before), 4), p->low_bits)));
  __m128i bytes = _mm_and_si128(valid, _mm_packus_epi16(
      _mm256_castsi256_si128(distance), _mm256_extracti128_si256(distance, 1)));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 8));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 4));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 2));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 1));
  int unrest = ((_mm_cvtsi128_si32(bytes) & 0xFF) + 1) >> 1;
  if (unrest > 5) unrest = 5;
  int is_same = 1;
  if (!decodes) {
    __m128i codes = _mm_loadu_si128((const __m128i *)(p->codes + at));
    is_same = _mm_testz_si128(valid, _mm_xor_si128(codes, before));
  }
  uint16_t *row = p->skip_rows + ((unrest * 6 + energy_class) * 4 + flags) * 5
      + (unskipped > 4 ? 4 : unskipped);
  uint32_t probability = *row;
  is_same = !code_flag(c, decodes, !is_same, (probability * 32766 >> 16) + 1);
  *row = (uint16_t)(is_same ? probability + ((65535 - probability) >> 6)
                            : probability - (probability >> 6));
  p->skipped[position * groups + group] = (uint8_t)is_same;
  if (is_same) {
    _mm256_storeu_si256((__m256i *)(p->residuals + 16 * group), _mm256_setzero_si256());
    if (decodes) {
      if (lanes == 16) _mm_storeu_si128((__m128i *)(p->codes + at), before);
      else memcpy(p->codes + at, p->before + at, (size_t)lanes);
    }
  }
  return is_same;
}

INLINE int code_group(
    const csplitpipe_plane *p, coder *c, int decodes, int slots, int is_key, int low_bits,
    const mixer *m, const mixer *lower, ptrdiff_t position, const places *near, int group,
    int lanes, int energy_class, uint16_t *sums) {
  const size_t channels = (size_t)p->channels, first = 16 * (size_t)group;
  const size_t at = (size_t)position * channels + first;
  const ptrdiff_t stride = (ptrdiff_t)channels;
  const uint8_t *codes = p->codes + first, *last = p->before + first;
  uint8_t *own = p->codes + at;

  __m256i left = wide(codes + near->left * stride);
  __m256i above = wide(codes + near->above * stride);
  __m256i above_right = wide(codes + near->above_right * stride);
  __m256i fixed, same = _mm256_setzero_si256();
  __m256i d[around];
  const int own_inputs = is_key ? around_in_key : around;
  if (is_key) {
    __m256i both = _mm256_add_epi16(left, above);
    fixed = _mm256_srai_epi16(
        _mm256_add_epi16(_mm256_add_epi16(both, _mm256_slli_epi16(both, 1)),
                         _mm256_slli_epi16(above_right, 1)), low_bits);
    d[0] = difference(left, above, low_bits);
    d[1] = difference(above_right, above, low_bits);
    d[2] = difference(wide(codes + near->above_left * stride), above, low_bits);
    d[3] = difference(wide(codes + near->left_left * stride), left, low_bits);
    d[4] = difference(wide(codes + near->above_above * stride), above, low_bits);
    d[5] = _mm256_setzero_si256();
  } else {
    same = wide(p->before + at);
    __m256i mean = wide(p->expected + at);
    __m256i last_left = wide(last + near->left * stride);
    __m256i last_above = wide(last + near->above * stride);
    __m256i change = _mm256_add_epi16(
        _mm256_sub_epi16(left, last_left), _mm256_sub_epi16(above, last_above));
    change = _mm256_srai_epi16(
        _mm256_add_epi16(change, _mm256_set1_epi16((short)((1 << low_bits) >> 1))), low_bits);
    fixed = _mm256_add_epi16(
        _mm256_srli_epi16(_mm256_add_epi16(mean, _mm256_set1_epi16(1)), 1), change);
    d[0] = difference(left, last_left, low_bits);
    d[1] = difference(above, last_above, low_bits);
    d[2] = difference(above_right, wide(last + near->above_right * stride), low_bits);
    d[3] = difference(left, same, low_bits);
    d[4] = difference(above, same, low_bits);
    d[5] = difference(wide(last + near->right * stride), same, low_bits);
    d[6] = difference(wide(last + near->below * stride), same, low_bits);
    const uint8_t *means = p->expected + first;
    d[7] = drift(mean, same, low_bits);
    d[8] = drift(
        wide(means + near->beside * stride), wide(last + near->beside * stride), low_bits);
    d[9] = drift(wide(means + near->over * stride), wide(last + near->over * stride), low_bits);
  }
  differences pairs;
  for (int i = 0; i < own_inputs; i += 2) {
    pairs.pairs[i] = _mm256_unpacklo_epi16(d[i], d[i + 1]);
    pairs.pairs[i + 1] = _mm256_unpackhi_epi16(d[i], d[i + 1]);
  }
  int inputs = group < 3 ? 16 * group : reach;
  const int16_t *residuals = p->residuals + first - inputs;
  int16_t *weights = p->weights + (size_t)group * group_words;
  __m256i expected = _mm256_add_epi16(fixed, correction(weights, residuals, inputs, own_inputs, &pairs));
  __m256i mean = _mm256_max_epi16(
      _mm256_min_epi16(expected, _mm256_set1_epi16((short)((8 << p->symbol_bits) - 1))),
      _mm256_setzero_si256());

  // Where the rows of every lane are.
  int32_t rows_a[16], rows_b[16];
  int16_t means[16];
  __m256i second;
  if (is_key) {
    second = _mm256_srli_epi16(mean, 2);
  } else {
    __m256i change = _mm256_srai_epi16(
        _mm256_add_epi16(
            _mm256_sub_epi16(mean, _mm256_srai_epi16(_mm256_slli_epi16(same, 3), low_bits)),
            _mm256_set1_epi16(1)), 1);
    change = _mm256_add_epi16(
        _mm256_max_epi16(_mm256_min_epi16(change, _mm256_set1_epi16(3)), _mm256_set1_epi16(-3)),
        _mm256_set1_epi16(3));
    second = _mm256_add_epi16(
        _mm256_mullo_epi16(_mm256_srli_epi16(same, low_bits), _mm256_set1_epi16(7)), change);
    second = _mm256_add_epi16(
        _mm256_mullo_epi16(second, _mm256_set1_epi16(3)),
        _mm256_set1_epi16((short)(energy_class >> 1)));
  }
  __m256i first_row = _mm256_add_epi16(
      _mm256_mullo_epi16(mean, _mm256_set1_epi16(energy_classes)),
      _mm256_set1_epi16((short)energy_class));
  const int slot_bits = slots == 8 ? 3 : 4;
  const int32_t *starts = p->starts + first, *starts_b = starts + 16 * p->groups;
  for (int half = 0; half < 2; half++) {
    __m128i a = half ? _mm256_extracti128_si256(first_row, 1) : _mm256_castsi256_si128(first_row);
    __m128i b = half ? _mm256_extracti128_si256(second, 1) : _mm256_castsi256_si128(second);
    _mm256_storeu_si256((__m256i *)(rows_a + 8 * half), _mm256_add_epi32(
        _mm256_slli_epi32(_mm256_cvtepi16_epi32(a), slot_bits),
        _mm256_loadu_si256((const __m256i *)(starts + 8 * half))));
    _mm256_storeu_si256((__m256i *)(rows_b + 8 * half), _mm256_add_epi32(
        _mm256_slli_epi32(_mm256_cvtepi16_epi32(b), slot_bits),
        _mm256_loadu_si256((const __m256i *)(starts_b + 8 * half))));
  }
  if (low_bits) _mm256_storeu_si256((__m256i *)means, mean);

  uint8_t symbols[16], lows[16];
  int32_t low_a[16], low_b[16];
  uint16_t *rows = p->rows;
  for (int lane = 0; lane < lanes; lane++) {
    int code = decodes ? 0 : own[lane];
    uint32_t state = (uint32_t)lane & c->lane_mask;
    int symbol = code_symbol(
        c, decodes, m, slots, rows + rows_a[lane], rows + rows_b[lane], state, code >> low_bits,
        sums);
    if (low_bits) {
      symbols[lane] = (uint8_t)symbol;
      int place = means[lane] - 8 * symbol;
      place = (place < -1 ? -1 : place > 8 ? 8 : place) + 1;
      int beside = symbol;
      if (!is_key) {
        beside = p->before[at + (size_t)lane] - (symbol << low_bits);
        beside = (beside < -1 ? -1 : beside > 1 << low_bits ? 1 << low_bits : beside) + 1;
      }
      low_a[lane] = starts[32 * p->groups + lane]
          + (place * energy_classes + energy_class) * p->low_slots;
      low_b[lane] = starts[48 * p->groups + lane] + beside * p->low_slots;
      int rest = code & ((1 << low_bits) - 1);
      if (p->low_slots == 8) {
        rest = code_symbol(
            c, decodes, lower, 8, rows + low_a[lane], rows + low_b[lane], state, rest, sums + 32);
      } else {
        rest = code_symbol(
            c, decodes, lower, 16, rows + low_a[lane], rows + low_b[lane], state, rest, sums + 32);
      }
      lows[lane] = (uint8_t)rest;
      if (decodes) own[lane] = (uint8_t)(symbol << low_bits | rest);
    } else if (decodes) {
      own[lane] = (uint8_t)symbol;
    }
  }

  __m256i value = _mm256_srai_epi16(_mm256_slli_epi16(wide(own), 3), low_bits);
  _mm256_storeu_si256(
      (__m256i *)(p->residuals + first), clip(_mm256_sub_epi16(value, fixed)));
  learn_weights(
      weights, residuals, inputs, own_inputs, &pairs, clip(_mm256_sub_epi16(value, expected)),
      is_key ? 0 : 2);
  for (int lane = 0; lane < lanes; lane++) {
    int symbol = low_bits ? symbols[lane] : own[lane];
    learn(slots, rows + rows_a[lane], symbol);
    learn(slots, rows + rows_b[lane], symbol);
    if (low_bits) {
      learn(p->low_slots, rows + low_a[lane], lows[lane]);
      learn(p->low_slots, rows + low_b[lane], lows[lane]);
    }
  }

  __m256i energy = _mm256_min_epi16(
      _mm256_abs_epi16(_mm256_sub_epi16(value, mean)), _mm256_set1_epi16(32));
  __m256i valid = _mm256_cmpgt_epi16(
      _mm256_set1_epi16((short)lanes),
      _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  energy = _mm256_madd_epi16(_mm256_and_si256(energy, valid), _mm256_set1_epi16(1));
  __m128i sum = _mm_add_epi32(
      _mm256_castsi256_si128(energy), _mm256_extracti128_si256(energy, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return _mm_cvtsi128_si32(sum);
}

/// Codes a plane; returns 0 if the bytes ended before it did.
INLINE int code_plane(
    const csplitpipe_plane *p, coder *c, const uint8_t *end, int decodes, int slots, int is_key,
    int low_bits) {
  const mixer m = make_mixer(1 << p->symbol_bits), lower = make_mixer(1 << p->low_bits);
  // The first symbol's cumulative frequencies and, from place 32, the second one's.
  uint16_t sums[64] = {0};
  sums[slots] = 32768;
  sums[32 + p->low_slots] = 32768;
  for (ptrdiff_t row = 0; row < p->height; row++) {
    for (ptrdiff_t column = 0; column < p->width; column++) {
      const places near = places_of(row, column, p->height, p->width);
      const ptrdiff_t position = row * p->width + column;
      int around = 2 * p->energy[near.left] + 2 * p->energy[near.above]
          + p->energy[near.above_right] + p->energy[near.above_left];
      int energy_class = 0;
      for (int i = 0; i < energy_classes - 1; i++) energy_class += around >= p->thresholds[i];
      int energy = 0, unskipped = 0;
      for (int group = 0; group < p->groups; group++) {
        int lanes = p->channels - 16 * group;
        if (lanes > 16) lanes = 16;
        if (!is_key && p->uses_skip) {
          if (code_skip(
                  p, c, decodes, position, &near, group, lanes, energy_class, unskipped)) {
            if (decodes && c->position > end) return 0;
            continue;
          }
          unskipped++;
        }
        if (lanes == 16) {
          energy += code_group(
              p, c, decodes, slots, is_key, low_bits, &m, &lower, position, &near, group, 16,
              energy_class, sums);
        } else {
          energy += code_group(
              p, c, decodes, slots, is_key, low_bits, &m, &lower, position, &near, group, lanes,
              energy_class, sums);
        }
        if (decodes && c->position > end) return 0;
      }
      p->energy[position] = (uint16_t)(((int64_t)energy * p->share) >> 16);
    }
  }
  return 1;
}

INLINE int code(const csplitpipe_plane *p, coder *c, const uint8_t *end, int decodes) {
  if (p->low_bits) {
    return p->is_key ? code_plane(p, c, end, decodes, 16, 1, p->low_bits)
                     : code_plane(p, c, end, decodes, 16, 0, p->low_bits);
  } else if (p->symbol_bits == 4) {
    return p->is_key ? code_plane(p, c, end, decodes, 16, 1, 0)
                     : code_plane(p, c, end, decodes, 16, 0, 0);
  } else {
    return p->is_key ? code_plane(p, c, end, decodes, 8, 1, 0)
                     : code_plane(p, c, end, decodes, 8, 0, 0);
  }
}

size_t csplitpipe_record(const csplitpipe_plane *plane, uint32_t *events) {
  coder c = {.events = events, .lane_mask = 3};
  code(plane, &c, NULL, 0);
  return (size_t)(c.events - events);
}

void csplitpipe_read(const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  coder c = {.position = reader->position, .lane_mask = reader->lane_mask};
  memcpy(c.states, reader->states, sizeof c.states);
  if (!code(plane, &c, reader->end, 1)) reader->is_spent = 1;
  reader->position = c.position;
  memcpy(reader->states, c.states, sizeof c.states);
}

size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end) {
  uint32_t x[4];
  memcpy(x, states, sizeof x);
  uint8_t *start = end;
  while (count > 0) {
    uint32_t event = events[--count], lane = event >> 30 & lane_mask;
    uint32_t frequency = event >> 15 & 0x7FFF, state = x[lane];
    uint16_t word = (uint16_t)state;
    memcpy(start - 2, &word, 2);
    int is_long = state >= (uint64_t)frequency << 17;
    start -= 2 * is_long;
    state = is_long ? state >> 16 : state;
    uint32_t quotient = state / frequency;
    x[lane] = (quotient << 15) + (state - quotient * frequency) + (event & 0x7FFF);
  }
  memcpy(states, x, sizeof x);
  return (size_t)(end - start);
}

// Layout

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

#pragma clang attribute pop

#else

int csplitpipe_is_available(void) { return 0; }
size_t csplitpipe_record(const csplitpipe_plane *plane, uint32_t *events) { return 0; }
void csplitpipe_read(const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  reader->is_spent = 1;
}
size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end) {
  return 0;
}
void csplitpipe_gather(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {}
void csplitpipe_scatter(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target) {}
void csplitpipe_follow(
    const uint8_t *codes, size_t count, int low_bits, int is_key, uint8_t *expected) {}

#endif
