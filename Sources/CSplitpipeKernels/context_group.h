// Sixteen channels of one position.
#pragma once
#include "context_positions.h"
#include "context_read.h"

INLINE int code_group(
    const csplitpipe_plane *p, coder *c, int decodes, int slots, int is_key, int low_bits,
    const mixer *m, const mixer *lower, ptrdiff_t position, const places *near, int group,
    int lanes, int energy_class, squares *sums_of_squares, uint16_t *sums,
    pending_lesson *pending) {
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
  differences nearby;
  for (int i = 0; i < own_inputs; i += 2) nearby.pairs[i / 2] = interleave(d[i], d[i + 1]);
  const int is_plain = low_bits == 0;
  const int reads_all = decodes && is_plain && lanes == 16 && c->lane_mask == 3;
  int16_t *weights = p->weights + (size_t)group * group_words;
  if (!reads_all || pending->lesson.weights == weights || pending->lesson.shift > 6) {
    finish(pending, own_inputs);
  }
  int inputs = group < 3 ? 16 * group : reach;
  const int16_t *residuals = p->residuals + first - inputs;
  __m256i expected = _mm256_add_epi16(
      fixed, correction(weights, residuals, inputs, own_inputs, &nearby));
  __m256i mean = _mm256_max_epi16(
      _mm256_min_epi16(expected, _mm256_set1_epi16((short)((8 << p->symbol_bits) - 1))),
      _mm256_setzero_si256());

  // Where the rows of every lane are.
  uint32_t rows_a[16], rows_b[16];
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
  FROM_MEMORY(rows_a);
  FROM_MEMORY(rows_b);
  if (low_bits) _mm256_storeu_si256((__m256i *)means, mean);

  uint8_t symbols[16], lows[16];
  int32_t low_a[16], low_b[16];
  uint16_t *rows = p->rows;
  __m256i coded;
  if (is_plain && !decodes) {
    coded = wide(own);
    note_symbols(c, m, rows, rows_a, rows_b, coded, lanes);
  } else if (reads_all) {
    coded = read_symbols(
        c, m, slots, is_key, rows, rows_a, rows_b, pending, own_inputs);
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(coded, coded), 0xD8);
    _mm_storeu_si128((__m128i *)own, _mm256_castsi256_si128(bytes));
  } else {
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
              c, decodes, lower, 16, rows + low_a[lane], rows + low_b[lane], state, rest,
              sums + 32);
        }
        lows[lane] = (uint8_t)rest;
        if (decodes) own[lane] = (uint8_t)(symbol << low_bits | rest);
      } else if (decodes) {
        own[lane] = (uint8_t)symbol;
      }
    }
    coded = wide(own);
  }

  __m256i value = _mm256_srai_epi16(_mm256_slli_epi16(coded, 3), low_bits);
  __m256i residual = clip(_mm256_sub_epi16(value, fixed));
  _mm256_storeu_si256((__m256i *)(p->residuals + first), residual);
  const lesson learned = {
    .weights = weights, .residuals = residuals, .inputs = inputs,
    .shift = halvings(sums_of_squares, is_key ? 0 : 2),
    .errors = clip(_mm256_sub_epi16(value, expected)), .near = nearby};
  if (reads_all) put_off(pending, &learned); else learn_weights(&learned, own_inputs);
  push(sums_of_squares, sum_of_squares(residual));

  if (reads_all) {
    // The rows have learned already.
  } else if (is_plain && lanes == 16) {
    learn_symbols(slots, is_key, rows, rows_a, rows_b, coded);
  } else {
    for (int lane = 0; lane < lanes; lane++) {
      int symbol = low_bits ? symbols[lane] : own[lane];
      learn(slots, rows + rows_a[lane], symbol);
      learn(slots, rows + rows_b[lane], symbol);
      if (low_bits) {
        learn(p->low_slots, rows + low_a[lane], lows[lane]);
        learn(p->low_slots, rows + low_b[lane], lows[lane]);
      }
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
