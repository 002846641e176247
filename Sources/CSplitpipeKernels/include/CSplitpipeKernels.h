// Inner loops that a benchmark showed Swift to lose; each has an equal in Swift, used elsewhere.
#ifndef CSPLITPIPE_KERNELS_H
#define CSPLITPIPE_KERNELS_H

#include "quantize.h"

#endif
