// AArch64: 32 registers of 4 floats.
#define ISA neon
#define NAME "neon"
#define VL 4
#define MR 8
#define RUNS 1
#include "isa.inc"
