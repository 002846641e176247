// Range asymmetric numeral systems, from the last symbol to the first.
#include "context_target.h"

#if defined(__x86_64__)
BEGIN_AVX2

enum { block = 256 };

/// ceil(2^47 / frequency) of events. A state x is below 2^17 · frequency when it is divided, so that
/// floor(x · reciprocal / 2^47) is x / frequency rounded down, and the product is below 2^64: with
/// reciprocal · frequency = 2^47 + e, 0 ≤ e < frequency < 2^15, both need e · frequency < 2^30.
INLINE void invert(const uint32_t *events, size_t count, uint64_t *reciprocals) {
  // Doubles have the quotients' whole parts and 6 bits, and as many more as the frequency has: one
  // that is not whole is never rounded to a whole number.
  const __m256d power = _mm256_set1_pd(140737488355328.0);
  // Above 2^52, doubles have no fraction: the low bits are the number.
  const __m256d magic = _mm256_set1_pd(4503599627370496.0);
  for (size_t i = 0; i < count; i += 4) {
    __m128i event = _mm_loadu_si128((const __m128i *)(events + i));
    __m128i frequency = _mm_and_si128(_mm_srli_epi32(event, 15), _mm_set1_epi32(0x7FFF));
    __m256d quotient = _mm256_ceil_pd(_mm256_div_pd(power, _mm256_cvtepi32_pd(frequency)));
    __m256i bits = _mm256_castpd_si256(_mm256_add_pd(quotient, magic));
    _mm256_storeu_si256(
        (__m256i *)(reciprocals + i), _mm256_xor_si256(bits, _mm256_castpd_si256(magic)));
  }
}

/// The state after an event, and one word less to write if that one was large.
INLINE uint32_t append(uint32_t state, uint32_t event, uint64_t reciprocal, uint8_t **start) {
  uint32_t frequency = event >> 15 & 0x7FFF;
  uint16_t word = (uint16_t)state;
  memcpy(*start - 2, &word, 2);
  int is_long = state >> 17 >= frequency;
  *start -= 2 * is_long;
  state = is_long ? state >> 16 : state;
  // Four states in one vector would take longer: a compiler that sees no number here lets them be.
  __asm__("" : "+r"(state));
  uint32_t quotient = (uint32_t)(state * reciprocal >> 47);
  return state + (event & 0x7FFF) + quotient * (32768 - frequency);
}

size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end) {
  uint32_t x[4], padded[block];
  uint64_t reciprocals[block];
  memcpy(x, states, sizeof x);
  uint8_t *start = end;
  while (count > 0) {
    size_t length = (count - 1) % block + 1;
    count -= length;
    const uint32_t *run = events + count;
    if (length % 4 != 0) {
      memcpy(padded, run, length * sizeof *run);
      for (size_t i = length; i < (length + 3 & ~(size_t)3); i++) padded[i] = 1 << 15;
      run = padded;
    }
    invert(run, length, reciprocals);
    size_t i = length;
    while (i > 0) {
      // Most events come in fours, of the states 0, 1, 2, 3: those stay in registers.
      uint32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
      while (lane_mask == 3 && i >= 4) {
        const uint32_t *four = run + i - 4;
        __m128i lanes = _mm_srli_epi32(_mm_loadu_si128((const __m128i *)four), 30);
        lanes = _mm_xor_si128(lanes, _mm_setr_epi32(0, 1, 2, 3));
        if (!_mm_testz_si128(lanes, lanes)) break;
        const uint64_t *r = reciprocals + i - 4;
        x3 = append(x3, four[3], r[3], &start);
        x2 = append(x2, four[2], r[2], &start);
        x1 = append(x1, four[1], r[1], &start);
        x0 = append(x0, four[0], r[0], &start);
        i -= 4;
      }
      x[0] = x0, x[1] = x1, x[2] = x2, x[3] = x3;
      if (i > 0) {
        i--;
        uint32_t lane = run[i] >> 30 & lane_mask;
        x[lane] = append(x[lane], run[i], reciprocals[i], &start);
      }
    }
  }
  memcpy(states, x, sizeof x);
  return (size_t)(end - start);
}

END_TARGET
#else
size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end) {
  return 0;
}
#endif
