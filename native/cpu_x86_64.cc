// Every x86-64 processor: 16 registers of 4 floats.
#define ISA x86_64
#define NAME "x86-64"
#define VL 4
#define MR 6
#define RUNS 1
#include "isa.inc"
