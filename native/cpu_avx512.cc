// AVX-512 (F, BW, CD, DQ, VL): 32 registers of 16 floats.
#include <immintrin.h>

#define ISA avx512
#define NAME "avx512"
#define VL 16
#define MR 8
#define RUNS                                                                   \
  (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&          \
   __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&          \
   __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&  \
   __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && \
   __builtin_cpu_supports("avx512vl"))
#include "isa.inc"
