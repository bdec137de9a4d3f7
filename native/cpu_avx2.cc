// AVX2 and FMA: 16 registers of 8 floats.
#define ISA avx2
#define NAME "avx2"
#define VL 8
#define MR 6
#define RUNS                                                          \
  (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && \
   __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
#include "isa.inc"
