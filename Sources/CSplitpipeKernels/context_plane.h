// Positions one after the other.
#pragma once
#include "context_group.h"
#include "context_skip.h"

/// Codes a plane; returns 0 if the bytes ended before it did.
INLINE int code_plane(
    const csplitpipe_plane *p, coder *c, const uint8_t *end, int decodes, int slots, int is_key,
    int low_bits) {
  const mixer m = make_mixer(1 << p->symbol_bits), lower = make_mixer(1 << p->low_bits);
  // The first symbol's cumulative frequencies and, from place 32, the second one's.
  uint16_t sums[64] = {0};
  pending_lesson pending = {.lesson = {.weights = NULL}};
  const int own_inputs = is_key ? around_in_key : around;
  sums[slots] = 32768;
  sums[32 + p->low_slots] = 32768;
  for (ptrdiff_t row = 0; row < p->height; row++) {
    for (ptrdiff_t column = 0; column < p->width; column++) {
      const places near = places_of(row, column, p->height, p->width);
      const ptrdiff_t position = row * p->width + column;
      int activity = 2 * p->energy[near.left] + 2 * p->energy[near.above]
          + p->energy[near.above_right] + p->energy[near.above_left];
      int energy_class = 0;
      for (int i = 0; i < energy_classes - 1; i++) energy_class += activity >= p->thresholds[i];
      int energy = 0, unskipped = 0;
      squares residuals = {0, 0, 0};
      for (int group = 0; group < p->groups; group++) {
        int lanes = p->channels - 16 * group;
        if (lanes > 16) lanes = 16;
        if (!is_key && p->uses_skip) {
          if (code_skip(
                  p, c, decodes, position, &near, group, lanes, energy_class, unskipped)) {
            if (decodes && c->position > end) return 0;
            push(&residuals, 0);
            finish(&pending, own_inputs);
            continue;
          }
          unskipped++;
        }
        if (lanes == 16) {
          energy += code_group(
              p, c, decodes, slots, is_key, low_bits, &m, &lower, position, &near, group, 16,
              energy_class, &residuals, sums, &pending);
        } else {
          energy += code_group(
              p, c, decodes, slots, is_key, low_bits, &m, &lower, position, &near, group, lanes,
              energy_class, &residuals, sums, &pending);
        }
        if (decodes && c->position > end) return 0;
      }
      p->energy[position] = (uint16_t)(((int64_t)energy * p->share) >> 16);
    }
  }
  finish(&pending, own_inputs);
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

size_t NAMED(record)(const csplitpipe_plane *plane, uint32_t *events) {
  coder c = {.events = events, .lane_mask = 3};
  code(plane, &c, NULL, 0);
  return (size_t)(c.events - events);
}

void NAMED(read)(const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  coder c = {.position = reader->position, .lane_mask = reader->lane_mask};
  memcpy(c.states, reader->states, sizeof c.states);
  if (!code(plane, &c, reader->end, 1)) reader->is_spent = 1;
  reader->position = c.position;
  memcpy(reader->states, c.states, sizeof c.states);
}
