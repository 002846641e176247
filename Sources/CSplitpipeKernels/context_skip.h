// Whether a group stays as it was in the frame before.
#pragma once
#include "context_predictor.h"
#include "context_positions.h"
#include "context_symbols.h"

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
