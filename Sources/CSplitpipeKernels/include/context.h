// Inner loops of the context coder for x86-64 with AVX2 or AVX-512; the same arithmetic as the
// Swift ones, of which Documentation/context-codec.md is the description.
//
// Nothing here may be called if csplitpipe_context_vectors() is none; `vectors` is that or a lesser
// one, and not none.
#pragma once
#include "quantize.h"

#include <stddef.h>
#include <stdint.h>

/// One plane of one frame. Pointers as in the Swift type ContextPass.
typedef struct {
  int32_t height, width, channels, groups;
  /// Binary logarithm of the number of first symbols, and bits of the second symbol.
  int32_t symbol_bits, low_bits;
  int32_t is_key, uses_skip;
  /// Rows of the second symbol's tables have 8 or 16 slots.
  int32_t low_slots;
  /// 64 channels' share of the energy: 2^22 / channels.
  int32_t share;
  int32_t thresholds[8];
  uint8_t *codes;
  const uint8_t *before;
  const uint8_t *expected;
  uint16_t *energy;
  uint8_t *skipped;
  uint16_t *rows;
  uint16_t *skip_rows;
  /// Four runs of 16 · groups: first slots of rows A and B, and of the second symbol's.
  const int32_t *starts;
  int16_t *weights;
  int16_t *residuals;
} csplitpipe_plane;

/// Bytes being decoded; at least 128 bytes after `end` may be read.
typedef struct {
  const uint8_t *position;
  const uint8_t *end;
  uint32_t states[4];
  /// Number of states less 1.
  uint32_t lane_mask;
  int32_t is_spent;
} csplitpipe_reader;

/// The best set that this processor runs the functions below with. Of AVX-512 they need F, BW, DQ,
/// VL, VBMI2 and VNNI.
csplitpipe_vectors csplitpipe_context_vectors(void);

/// Notes the events of a plane; returns how many. Up to 16 more places may be written.
size_t csplitpipe_record(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, uint32_t *events);

/// Decodes a plane's codes.
void csplitpipe_read(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, csplitpipe_reader *reader);

/// Codes the events from the last to the first into words that end at `end`; returns their bytes.
size_t csplitpipe_write_words(
    const uint32_t *events, size_t count, uint32_t lane_mask, uint32_t *states, uint8_t *end);

/// Lays `channels` runs of `positions` bytes side by side, `stride` bytes from position to position.
void csplitpipe_gather(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target);

/// The way back.
void csplitpipe_scatter(
    const uint8_t *source, size_t channels, size_t positions, size_t stride, uint8_t *target);

/// How many runs of 16 bytes, `groups` of them from each second position on, are equal.
size_t csplitpipe_same_groups(
    const uint8_t *codes, const uint8_t *before, size_t positions, size_t stride, size_t groups);

/// Moves running means, in sixteenths of a first symbol, towards codes.
void csplitpipe_follow(
    const uint8_t *codes, size_t count, int low_bits, int is_key, uint8_t *expected);
