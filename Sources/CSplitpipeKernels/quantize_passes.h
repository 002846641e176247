// The passes of the quantizer over values and codes.
//
// A quotient x / s is rounded as a division would, without dividing: with r the float32 nearest to
// 1 / s,
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
#pragma once
#pragma STDC FP_CONTRACT OFF
#include "quantize_floats.h"

/// x / s, with 1 / s at hand.
INLINE floats quotient_of(floats x, floats s, floats inverse) {
  floats quotient = x * inverse;
  return fused_add(fused_subtract(quotient, s, x), inverse, quotient);
}

bool NAMED(value_range)(const float *values, size_t count, float *minimum, float *maximum) {
  enum { streams = 4, step = width * streams };
  floats low[streams], high[streams], poison[streams];
  for (int k = 0; k < streams; k++) {
    low[k] = all(__builtin_inff());
    high[k] = all(-__builtin_inff());
    poison[k] = all(0);
  }
  float padded[step];
  for (size_t i = 0; i < count; i += step) {
    const float *from = values + i;
    if (count - i < step) {
      for (int k = 0; k < step; k++) padded[k] = *from;
      memcpy(padded, from, (count - i) * sizeof(float));
      from = padded;
    }
    for (int k = 0; k < streams; k++) {
      floats x = load(from + width * k);
      low[k] = lesser(low[k], x);
      high[k] = greater(high[k], x);
      // x * 0 is 0 for a finite x and NaN otherwise, and a NaN stays in a sum.
      poison[k] = fused_add(x, all(0), poison[k]);
    }
  }
  for (int k = 1; k < streams; k++) {
    low[0] = lesser(low[0], low[k]);
    high[0] = greater(high[0], high[k]);
    poison[0] += poison[k];
  }
  float lows[width], highs[width], poisons[width];
  store(lows, low[0]);
  store(highs, high[0]);
  store(poisons, poison[0]);
  for (int k = 1; k < width; k++) {
    lows[0] = lows[k] < lows[0] ? lows[k] : lows[0];
    highs[0] = highs[k] > highs[0] ? highs[k] : highs[0];
    poisons[0] += poisons[k];
  }
  *minimum = lows[0];
  *maximum = highs[0];
  return poisons[0] == 0;
}

typedef struct { floats low, high, span, inverse, top; } quantizing;

/// Codes of a vector of values, in the low bytes.
INLINE floats codes_of(floats x, const quantizing *q) {
  // Above 1.5 * 2^23 a float32 has no fraction bits: adding this rounds half to even.
  const floats rounder = all(12582912.0f);
  x = lesser(greater(x, q->low), q->high) - q->low;
  return quotient_of(x, q->span, q->inverse) * q->top + rounder;
}

INLINE void write_block(const float *values, const quantizing *q, uint8_t *codes) {
  floats x[block / width];
  for (int k = 0; k < block / width; k++) x[k] = codes_of(load(values + width * k), q);
  store_low_bytes(codes, x);
}

void NAMED(write_codes)(
    const float *values, size_t count, float minimum, float maximum, float top, uint8_t *codes) {
  quantizing q = {.low = all(minimum), .high = all(maximum), .top = all(top)};
  q.span = q.high - q.low;
  q.inverse = 1 / q.span;
  size_t i = 0;
  for (; i + block <= count; i += block) write_block(values + i, &q, codes + i);
  if (i == count) return;
  float padded[block];
  uint8_t last[block];
  for (int k = 0; k < block; k++) padded[k] = minimum;
  memcpy(padded, values + i, (count - i) * sizeof(float));
  write_block(padded, &q, last);
  memcpy(codes + i, last, count - i);
}

typedef struct { floats low, span, inverse, top; } restoring;

INLINE floats values_of(const uint8_t *codes, const restoring *r) {
  return quotient_of(of_bytes(codes), r->top, r->inverse) * r->span + r->low;
}

void NAMED(restore_values)(
    const uint8_t *codes, size_t count, float minimum, float span, float top, float *values) {
  restoring r = {.low = all(minimum), .span = all(span), .top = all(top)};
  r.inverse = 1 / r.top;
  size_t i = 0;
  for (; i + width <= count; i += width) store(values + i, values_of(codes + i, &r));
  if (i == count) return;
  uint8_t last[width] = {0};
  float padded[width];
  memcpy(last, codes + i, count - i);
  store(padded, values_of(last, &r));
  memcpy(values + i, padded, (count - i) * sizeof(float));
}
