// Range asymmetric numeral systems, from the last symbol to the first.
#include "context_target.h"

#if defined(__x86_64__)
BEGIN_TARGET(CONTEXT_AVX2)

enum { block = 256 };

/// What a state goes through, for a run of events.
typedef struct {
  uint64_t reciprocals[block] __attribute__((aligned(32)));
  uint32_t frequencies[block], factors[block], lows[block];
} steps;

/// Takes events apart, with ceil(2^47 / frequency). A state x is below 2^17 · frequency when it is
/// divided, so that floor(x · reciprocal / 2^47) is x / frequency rounded down, and the product is
/// below 2^64: with reciprocal · frequency = 2^47 + e, 0 ≤ e < frequency < 2^15, both need
/// e · frequency < 2^30.
INLINE void unpack(const uint32_t *events, size_t count, steps *s) {
  // Doubles have the quotients' whole parts and 6 bits, and as many more as the frequency has: one
  // that is not whole is never rounded to a whole number.
  const __m256d power = _mm256_set1_pd(140737488355328.0);
  // Above 2^52, doubles have no fraction: the low bits are the number.
  const __m256d magic = _mm256_set1_pd(4503599627370496.0);
  const __m128i mask = _mm_set1_epi32(0x7FFF);
  for (size_t i = 0; i < count; i += 4) {
    __m128i event = _mm_loadu_si128((const __m128i *)(events + i));
    __m128i frequency = _mm_and_si128(_mm_srli_epi32(event, 15), mask);
    __m256d quotient = _mm256_ceil_pd(_mm256_div_pd(power, _mm256_cvtepi32_pd(frequency)));
    __m256i bits = _mm256_castpd_si256(_mm256_add_pd(quotient, magic));
    _mm256_store_si256(
        (__m256i *)(s->reciprocals + i), _mm256_xor_si256(bits, _mm256_castpd_si256(magic)));
    _mm_store_si128((__m128i *)(s->frequencies + i), frequency);
    _mm_store_si128(
        (__m128i *)(s->factors + i), _mm_sub_epi32(_mm_set1_epi32(32768), frequency));
    _mm_store_si128((__m128i *)(s->lows + i), _mm_and_si128(event, mask));
  }
}

/// The state after event i, and one word less to write if that one was large.
INLINE uint32_t append(uint32_t state, const steps *s, size_t i, uint8_t **start) {
  uint16_t word = (uint16_t)state;
  memcpy(*start - 2, &word, 2);
  int is_long = state >> 17 >= s->frequencies[i];
  *start -= 2 * is_long;
  state = is_long ? state >> 16 : state;
  // Four states in one vector would take longer: a compiler that sees no number here lets them be.
  __asm__("" : "+r"(state));
  uint32_t quotient = (uint32_t)(state * s->reciprocals[i] >> 47);
  return state + s->lows[i] + quotient * s->factors[i];
}

size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end) {
  uint32_t x[4], padded[block];
  steps s;
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
    unpack(run, length, &s);
    size_t i = length;
    while (i > 0) {
      // Most events come in fours, of the states 0, 1, 2, 3: those stay in registers.
      uint32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
      while (lane_mask == 3 && i >= 4) {
        const uint32_t *four = run + i - 4;
        __m128i lanes = _mm_srli_epi32(_mm_loadu_si128((const __m128i *)four), 30);
        lanes = _mm_xor_si128(lanes, _mm_setr_epi32(0, 1, 2, 3));
        if (!_mm_testz_si128(lanes, lanes)) break;
        x3 = append(x3, &s, i - 1, &start);
        x2 = append(x2, &s, i - 2, &start);
        x1 = append(x1, &s, i - 3, &start);
        x0 = append(x0, &s, i - 4, &start);
        i -= 4;
      }
      x[0] = x0, x[1] = x1, x[2] = x2, x[3] = x3;
      if (i > 0) {
        i--;
        uint32_t lane = run[i] >> 30 & lane_mask;
        x[lane] = append(x[lane], &s, i, &start);
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
