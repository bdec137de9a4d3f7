/* One call of the library: sizes, options, arrays with random numbers, and the comparison of what
 * came out with the reference. */
#ifndef GATEWISE_TEST_PROBLEM_H
#define GATEWISE_TEST_PROBLEM_H

#include <random>
#include <string>

#include "arrays.h"
#include "reference.h"

namespace test {

enum MaskKind {
  kNoMask,
  kAllReal,
  kRight,
  kLeft,
  kMiddle,
  kSomeRowsMasked,
  kAllMasked,
  kMaskKinds
};

struct Options {
  Sizes sizes;
  int32_t threads = 1;
  int mask = kNoMask;
  bool bias = true, h0 = true, c0 = true, recurrent_dropout = false;
  /* Which outputs and gradients take part; a call leaves the others NULL. */
  bool hidden = true, last = true, record = true, d_hidden = true, d_last = true;
  bool d_x = true, d_weights = true, d_states = true;
  uint64_t seed = 1;

  /* Backward reads hidden (and gates), and needs a gradient to start from. */
  bool trains() const { return hidden && record && (d_hidden || d_last); }
  std::string words() const; /* enough to find the case again */
};

/* Options drawn from a seed; with `quick` of sizes that an emulator bears. */
Options random_options(uint64_t seed, int32_t cell, bool quick);

/* The same of sizes for which the library uses several threads: that share the rows, for an even
 * seed, or the units of the same rows, for an odd one. */
Options busy_options(uint64_t seed, int32_t cell);

struct Problem : Arrays<Guarded<float>> {
  explicit Problem(const Options &options);

  gw_call call(); /* with every array that the options want */
  int32_t run();  /* forward, then backward if it trains; the first status that is not GW_OK */

  /* What is wrong, in words: a number off, something written that must not be; "" if nothing. */
  std::string compare() const;
  std::string compare_bits(const Problem &other) const;

  bool masked(int64_t b, int64_t place) const; /* place: as in hidden and gates */

  Options options;
  Guarded<uint8_t> mask;
};

/* |got - want| at most `tolerance` times `scale`, infinite or NaN where `want` is; "" or what is
 * wrong. A scale of 0 stands for the largest number in `want`. */
std::string near(const char *name, const Guarded<float> &got, const std::vector<double> &want,
                 double tolerance, double scale);

}  // namespace test
#endif
