// How weights learn.
#pragma once
#include "context_predictor.h"

/// What the weights of a group have to learn.
typedef struct {
  int16_t *weights;
  const int16_t *residuals;
  int inputs;
  /// How often products are halved.
  int shift;
  __m256i errors;
  differences near;
} lesson;

/// A lesson that is put off, as there is time for it while symbols are read. Without weights there
/// is none.
typedef struct {
  lesson lesson;
  int16_t residuals[reach];
} pending_lesson;

INLINE void put_off(pending_lesson *pending, const lesson *l) {
  pending->lesson = *l;
  for (int i = 0; i < l->inputs; i += 16) {
    _mm256_storeu_si256(
        (__m256i *)(pending->residuals + i),
        _mm256_loadu_si256((const __m256i *)(l->residuals + i)));
  }
  pending->lesson.residuals = pending->residuals;
}

/// Halvings: none, up to 6, or more.
typedef enum { unhalved, halved, far_halved } halving;

// Weights move by products of inputs and errors, divided by 2^shift and rounded towards 0. Products
// are at most 1024: down to a rest of 10 bits, what is left of them without a sign is 2^shift − 1
// for negative ones and 0 for others, or 1 for 1024, which changes nothing.

#if WIDE

INLINE void move(int16_t *weights, pairs inputs, pairs errors, halving h, int shift) {
  const __m128i count = _mm_cvtsi32_si128(shift), rest = _mm_cvtsi32_si128(16 - shift);
  __m512i product = _mm512_mullo_epi16(inputs, errors);
  if (h != unhalved) {
    __m512i bias = h == far_halved ? _mm512_srai_epi16(product, 15) : product;
    product = _mm512_sra_epi16(_mm512_add_epi16(product, _mm512_srl_epi16(bias, rest)), count);
  }
  _mm512_storeu_si512(weights, _mm512_adds_epi16(_mm512_loadu_si512(weights), product));
}

#else

INLINE void move_half(__m256i *weights, __m256i product, halving h, int shift) {
  const __m128i count = _mm_cvtsi32_si128(shift), rest = _mm_cvtsi32_si128(16 - shift);
  if (h != unhalved) {
    __m256i bias = h == far_halved ? _mm256_srai_epi16(product, 15) : product;
    product = _mm256_sra_epi16(_mm256_add_epi16(product, _mm256_srl_epi16(bias, rest)), count);
  }
  _mm256_storeu_si256(weights, _mm256_adds_epi16(_mm256_loadu_si256(weights), product));
}

INLINE void move(int16_t *weights, pairs inputs, pairs errors, halving h, int shift) {
  __m256i *w = (__m256i *)weights;
  move_half(w, _mm256_mullo_epi16(inputs.low, errors.low), h, shift);
  move_half(w + 1, _mm256_mullo_epi16(inputs.high, errors.high), h, shift);
}

#endif

/// From 16 residuals.
INLINE void learn_from_group(const lesson *l, int from, halving h) {
  const pairs errors = interleave(l->errors, l->errors);
  _Pragma("clang loop unroll(full)") for (int i = from; i < from + 16; i += 2) {
    move(l->weights + 16 * i, pair_of(l->residuals + i), errors, h, l->shift);
  }
}

/// From the differences near by.
INLINE void learn_from_near(const lesson *l, int own, halving h) {
  const pairs errors = interleave(l->errors, l->errors);
  _Pragma("clang loop unroll(full)") for (int i = 0; i < own; i += 2) {
    move(l->weights + 16 * (l->inputs + i), l->near.pairs[i / 2], errors, h, l->shift);
  }
}

INLINE void learn_by(const lesson *l, int own, halving h) {
  for (int from = 0; from < l->inputs; from += 16) learn_from_group(l, from, h);
  learn_from_near(l, own, h);
}

INLINE void learn_weights(const lesson *l, int own) {
  if (l->shift == 0) learn_by(l, own, unhalved);
  else if (l->shift <= 6) learn_by(l, own, halved);
  else learn_by(l, own, far_halved);
}

/// Quarter 0 to 3 of a lesson of at most 6 halvings.
INLINE void learn_quarter(const lesson *l, int own, int quarter) {
  if (quarter == 3) learn_from_near(l, own, halved);
  else if (16 * quarter < l->inputs) learn_from_group(l, 16 * quarter, halved);
}

INLINE void finish(pending_lesson *pending, int own) {
  if (pending->lesson.weights) learn_weights(&pending->lesson, own);
  pending->lesson.weights = NULL;
}
