// The places around a position.
#pragma once
#include "context_target.h"

typedef struct {
  ptrdiff_t left, above, above_right, above_left, left_left, above_above;
  // Of the frame before.
  ptrdiff_t beside, over, right, below;
} places;

INLINE places places_of(
    ptrdiff_t row, ptrdiff_t column, ptrdiff_t height, ptrdiff_t width) {
  places p;
  ptrdiff_t position = row * width + column;
  if (row == 0) {
    p.left = p.above = p.above_right = p.above_left = position - 1;
  } else {
    p.above = position - width;
    p.left = column > 0 ? position - 1 : p.above;
    p.above_right = column < width - 1 ? p.above + 1 : p.above;
    p.above_left = column > 0 ? p.above - 1 : p.above;
  }
  p.left_left = column > 1 ? p.left - 1 : p.left;
  p.above_above = row > 1 ? p.above - width : p.above;
  p.beside = column > 0 ? position - 1 : position;
  p.over = row > 0 ? position - width : position;
  p.right = column < width - 1 ? position + 1 : position;
  p.below = row < height - 1 ? position + width : position;
  return p;
}
