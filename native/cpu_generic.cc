// Any other processor: whatever the compiler makes of vectors of 4 floats.
#define ISA generic
#define NAME "generic"
#define VL 4
#define MR 4
#define RUNS 1
#include "isa.inc"
