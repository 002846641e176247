// Between float32 values and codes of up to eight bits, with the vector instructions at hand.
#ifndef CSPLITPIPE_QUANTIZE_H
#define CSPLITPIPE_QUANTIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Instruction sets, each a superset of the one before.
typedef enum csplitpipe_vectors {
  /// The processor has neither of the others: there is no kernel here for it.
  CSPLITPIPE_VECTORS_NONE = 0,
  /// AVX2 and FMA.
  CSPLITPIPE_VECTORS_AVX2 = 1,
  /// AVX-512 F and BW besides.
  CSPLITPIPE_VECTORS_AVX512 = 2,
} csplitpipe_vectors;

/// The best set this processor and its system offer.
csplitpipe_vectors csplitpipe_best_vectors(void);

/// The extremes of `count` values.
///
/// Returns whether all are finite; if not, the extremes mean nothing. Without values the minimum is
/// infinity and the maximum its negative. `vectors` is one the processor has, and not none.
bool csplitpipe_value_range(
    csplitpipe_vectors vectors, const float *values, size_t count, float *minimum, float *maximum);

/// Writes round((clamped x - minimum) / (maximum - minimum) * top), half to even, every operation
/// rounded to float32, for `count` finite values.
///
/// The width of the range, maximum - minimum in float32, has an exponent from
/// CSPLITPIPE_LEAST_EXPONENT to CSPLITPIPE_MOST_EXPONENT. `top` is a whole number of 1 to 255;
/// `vectors` is one the processor has, and not none.
void csplitpipe_write_codes(
    csplitpipe_vectors vectors, const float *values, size_t count, float minimum, float maximum,
    float top, uint8_t *codes);

/// Writes code / top * span + minimum, every operation rounded to float32, for `count` codes.
///
/// `top` is a whole number of 1 to 255; `vectors` is one the processor has, and not none.
void csplitpipe_restore_values(
    csplitpipe_vectors vectors, const uint8_t *codes, size_t count, float minimum, float span,
    float top, float *values);

/// Range widths from 2^-64 to below 2^65: no step of the quotient's correction leaves float32's
/// normal numbers where it could change a code.
enum { CSPLITPIPE_LEAST_EXPONENT = -64, CSPLITPIPE_MOST_EXPONENT = 64 };

#endif
