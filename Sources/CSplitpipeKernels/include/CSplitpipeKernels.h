// Inner loops that a benchmark showed Swift to lose; each has an equal in Swift, used elsewhere.
#pragma once

#include "context.h"
#include "quantize.h"
