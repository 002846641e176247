// The quotient x / s of the formula, rounded as a division would, without dividing: with r the
// float32 nearest to 1 / s,
//
//   q0 = x * r                     rounded
//   e  = x - q0 * s                fused: one rounding
//   q  = q0 + e * r                fused
//
// (Markstein, IBM J. Res. Dev. 34(1), 1990). Before its last rounding q misses x / s by less than
// 8 / (2 S) units in the last place, S the significand of s as a whole number of 24 bits. Quotients
// that near to the middle between two floats are few enough to try all of them, for every S: all
// come out right, the S of only ones included, which the theorem leaves out. A test repeats that.
//
// Nothing here may be fused or reordered by the compiler beyond what is written.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "quantize.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

/// Above 1.5 * 2^23 a float32 has no fraction bits: adding this rounds half to even, and leaves the
/// code in the low byte of the sum.
static const float rounder = 12582912.0f;

csplitpipe_vectors csplitpipe_best_vectors(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    return CSPLITPIPE_VECTORS_NONE;
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    return CSPLITPIPE_VECTORS_AVX512;
  }
  return CSPLITPIPE_VECTORS_AVX2;
}

// MARK: The extremes

AVX512 static bool value_range_avx512(
    const float *values, size_t count, float *minimum, float *maximum) {
  enum { streams = 4, step = 16 * streams };
  __m512 low[streams], high[streams], poison[streams];
  for (int k = 0; k < streams; k++) {
    low[k] = _mm512_set1_ps(__builtin_inff());
    high[k] = _mm512_set1_ps(-__builtin_inff());
    poison[k] = _mm512_setzero_ps();
  }
  size_t i = 0;
  for (; i + step <= count; i += step) {
    for (int k = 0; k < streams; k++) {
      __m512 x = _mm512_loadu_ps(values + i + 16 * k);
      low[k] = _mm512_min_ps(low[k], x);
      high[k] = _mm512_max_ps(high[k], x);
      // x * 0 is 0 for a finite x and NaN otherwise, and a NaN stays in a sum.
      poison[k] = _mm512_fmadd_ps(x, _mm512_setzero_ps(), poison[k]);
    }
  }
  for (; i < count; i += 16) {
    __mmask16 present = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
    __m512 x = _mm512_maskz_loadu_ps(present, values + i);
    low[0] = _mm512_mask_min_ps(low[0], present, low[0], x);
    high[0] = _mm512_mask_max_ps(high[0], present, high[0], x);
    poison[0] = _mm512_fmadd_ps(x, _mm512_setzero_ps(), poison[0]);
  }
  for (int k = 1; k < streams; k++) {
    low[0] = _mm512_min_ps(low[0], low[k]);
    high[0] = _mm512_max_ps(high[0], high[k]);
    poison[0] = _mm512_add_ps(poison[0], poison[k]);
  }
  *minimum = _mm512_reduce_min_ps(low[0]);
  *maximum = _mm512_reduce_max_ps(high[0]);
  return _mm512_reduce_add_ps(poison[0]) == 0;
}

AVX2 static bool value_range_avx2(
    const float *values, size_t count, float *minimum, float *maximum) {
  enum { streams = 4, step = 8 * streams };
  __m256 low[streams], high[streams], poison[streams];
  for (int k = 0; k < streams; k++) {
    low[k] = _mm256_set1_ps(__builtin_inff());
    high[k] = _mm256_set1_ps(-__builtin_inff());
    poison[k] = _mm256_setzero_ps();
  }
  size_t i = 0;
  for (; i + step <= count; i += step) {
    for (int k = 0; k < streams; k++) {
      __m256 x = _mm256_loadu_ps(values + i + 8 * k);
      low[k] = _mm256_min_ps(low[k], x);
      high[k] = _mm256_max_ps(high[k], x);
      poison[k] = _mm256_fmadd_ps(x, _mm256_setzero_ps(), poison[k]);
    }
  }
  for (int k = 1; k < streams; k++) {
    low[0] = _mm256_min_ps(low[0], low[k]);
    high[0] = _mm256_max_ps(high[0], high[k]);
    poison[0] = _mm256_add_ps(poison[0], poison[k]);
  }
  float lows[8], highs[8], poisons[8];
  _mm256_storeu_ps(lows, low[0]);
  _mm256_storeu_ps(highs, high[0]);
  _mm256_storeu_ps(poisons, poison[0]);
  float least = lows[0], most = highs[0], sum = poisons[0];
  for (int k = 1; k < 8; k++) {
    least = lows[k] < least ? lows[k] : least;
    most = highs[k] > most ? highs[k] : most;
    sum += poisons[k];
  }
  for (; i < count; i++) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
    sum += values[i] * 0;
  }
  *minimum = least;
  *maximum = most;
  return sum == 0;
}

bool csplitpipe_value_range(
    csplitpipe_vectors vectors, const float *values, size_t count, float *minimum, float *maximum) {
  return vectors == CSPLITPIPE_VECTORS_AVX512
      ? value_range_avx512(values, count, minimum, maximum)
      : value_range_avx2(values, count, minimum, maximum);
}

// MARK: Values to codes

AVX512 static inline __m128i codes_avx512(
    __m512 x, __m512 low, __m512 high, __m512 span, __m512 inverse, __m512 top) {
  x = _mm512_sub_ps(_mm512_min_ps(_mm512_max_ps(x, low), high), low);
  __m512 quotient = _mm512_mul_ps(x, inverse);
  __m512 rest = _mm512_fnmadd_ps(quotient, span, x);
  quotient = _mm512_fmadd_ps(rest, inverse, quotient);
  __m512 sum = _mm512_add_ps(_mm512_mul_ps(quotient, top), _mm512_set1_ps(rounder));
  return _mm512_cvtepi32_epi8(_mm512_castps_si512(sum));
}

AVX512 static void write_codes_avx512(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes) {
  __m512 low = _mm512_set1_ps(minimum), high = _mm512_set1_ps(maximum);
  __m512 span = _mm512_sub_ps(high, low), steps = _mm512_set1_ps(top);
  __m512 inverse = _mm512_div_ps(_mm512_set1_ps(1), span);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m128i bytes = codes_avx512(_mm512_loadu_ps(values + i), low, high, span, inverse, steps);
    _mm_storeu_si128((__m128i *)(codes + i), bytes);
  }
  if (i == count) return;
  __mmask16 present = (__mmask16)((1u << (count - i)) - 1);
  __m512 x = _mm512_maskz_loadu_ps(present, values + i);
  uint8_t last[16];
  _mm_storeu_si128((__m128i *)last, codes_avx512(x, low, high, span, inverse, steps));
  memcpy(codes + i, last, count - i);
}

AVX2 static inline __m256i sums_avx2(
    __m256 x, __m256 low, __m256 high, __m256 span, __m256 inverse, __m256 top) {
  x = _mm256_sub_ps(_mm256_min_ps(_mm256_max_ps(x, low), high), low);
  __m256 quotient = _mm256_mul_ps(x, inverse);
  __m256 rest = _mm256_fnmadd_ps(quotient, span, x);
  quotient = _mm256_fmadd_ps(rest, inverse, quotient);
  __m256 sum = _mm256_add_ps(_mm256_mul_ps(quotient, top), _mm256_set1_ps(rounder));
  return _mm256_and_si256(_mm256_castps_si256(sum), _mm256_set1_epi32(0xFF));
}

AVX2 static void write_codes_avx2(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes) {
  __m256 low = _mm256_set1_ps(minimum), high = _mm256_set1_ps(maximum);
  __m256 span = _mm256_sub_ps(high, low), steps = _mm256_set1_ps(top);
  __m256 inverse = _mm256_div_ps(_mm256_set1_ps(1), span);
  // Packing works within halves of a register; this puts the fours of codes back in order.
  __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  float padded[32];
  uint8_t last[32];
  for (size_t i = 0; i < count; i += 32) {
    const float *from = values + i;
    uint8_t *to = codes + i;
    if (count - i < 32) {
      for (int k = 0; k < 32; k++) padded[k] = minimum;
      memcpy(padded, from, (count - i) * sizeof(float));
      from = padded;
      to = last;
    }
    __m256i words[4];
    for (int k = 0; k < 4; k++) {
      words[k] = sums_avx2(_mm256_loadu_ps(from + 8 * k), low, high, span, inverse, steps);
    }
    __m256i first = _mm256_packus_epi32(words[0], words[1]);
    __m256i second = _mm256_packus_epi32(words[2], words[3]);
    __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, second), order);
    _mm256_storeu_si256((__m256i *)to, bytes);
    if (to == last) memcpy(codes + i, last, count - i);
  }
}

void csplitpipe_write_codes(
    csplitpipe_vectors vectors, const float *values, size_t count, float minimum, float maximum,
    float top, uint8_t *codes) {
  if (vectors == CSPLITPIPE_VECTORS_AVX512) {
    write_codes_avx512(values, count, minimum, maximum, top, codes);
  } else {
    write_codes_avx2(values, count, minimum, maximum, top, codes);
  }
}

// MARK: Codes to values

AVX512 static inline __m512 values_avx512(
    __m128i codes, __m512 low, __m512 span, __m512 inverse, __m512 top) {
  __m512 code = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(codes));
  __m512 quotient = _mm512_mul_ps(code, inverse);
  __m512 rest = _mm512_fnmadd_ps(quotient, top, code);
  quotient = _mm512_fmadd_ps(rest, inverse, quotient);
  return _mm512_add_ps(_mm512_mul_ps(quotient, span), low);
}

AVX512 static void restore_values_avx512(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values) {
  __m512 low = _mm512_set1_ps(minimum), width = _mm512_set1_ps(span);
  __m512 steps = _mm512_set1_ps(top), inverse = _mm512_div_ps(_mm512_set1_ps(1), steps);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(codes + i));
    _mm512_storeu_ps(values + i, values_avx512(bytes, low, width, inverse, steps));
  }
  if (i == count) return;
  uint8_t last[16] = {0};
  memcpy(last, codes + i, count - i);
  __m128i bytes = _mm_loadu_si128((const __m128i *)last);
  _mm512_mask_storeu_ps(
      values + i, (__mmask16)((1u << (count - i)) - 1),
      values_avx512(bytes, low, width, inverse, steps));
}

AVX2 static inline __m256 values_avx2(
    __m128i codes, __m256 low, __m256 span, __m256 inverse, __m256 top) {
  __m256 code = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(codes));
  __m256 quotient = _mm256_mul_ps(code, inverse);
  __m256 rest = _mm256_fnmadd_ps(quotient, top, code);
  quotient = _mm256_fmadd_ps(rest, inverse, quotient);
  return _mm256_add_ps(_mm256_mul_ps(quotient, span), low);
}

AVX2 static void restore_values_avx2(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values) {
  __m256 low = _mm256_set1_ps(minimum), width = _mm256_set1_ps(span);
  __m256 steps = _mm256_set1_ps(top), inverse = _mm256_div_ps(_mm256_set1_ps(1), steps);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(codes + i));
    _mm256_storeu_ps(values + i, values_avx2(bytes, low, width, inverse, steps));
  }
  if (i == count) return;
  uint8_t last[8] = {0};
  float padded[8];
  memcpy(last, codes + i, count - i);
  __m128i bytes = _mm_loadl_epi64((const __m128i *)last);
  _mm256_storeu_ps(padded, values_avx2(bytes, low, width, inverse, steps));
  memcpy(values + i, padded, (count - i) * sizeof(float));
}

void csplitpipe_restore_values(
    csplitpipe_vectors vectors, const uint8_t *codes, size_t count, float minimum, float span,
    float top, float *values) {
  if (vectors == CSPLITPIPE_VECTORS_AVX512) {
    restore_values_avx512(codes, count, minimum, span, top, values);
  } else {
    restore_values_avx2(codes, count, minimum, span, top, values);
  }
}

#else

csplitpipe_vectors csplitpipe_best_vectors(void) { return CSPLITPIPE_VECTORS_NONE; }

bool csplitpipe_value_range(
    csplitpipe_vectors vectors, const float *values, size_t count, float *minimum, float *maximum) {
  __builtin_trap();
}

void csplitpipe_write_codes(
    csplitpipe_vectors vectors, const float *values, size_t count, float minimum, float maximum,
    float top, uint8_t *codes) {
  __builtin_trap();
}

void csplitpipe_restore_values(
    csplitpipe_vectors vectors, const uint8_t *codes, size_t count, float minimum, float span,
    float top, float *values) {
  __builtin_trap();
}

#endif
