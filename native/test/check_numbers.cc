#include "checks.h"
#include "problem.h"

namespace test {
namespace {

void compare(const Options &o) {
  Problem first(o), second(o);
  expect(first.run() == GW_OK && second.run() == GW_OK, o.words());
  report(first.compare(), o.words());
  report(first.compare_bits(second), o.words());
}

}  // namespace

void check_numbers(bool quick) {
  for (uint64_t seed = 0; seed < (quick ? 60 : 250); ++seed) {
    for (int32_t cell = 0; cell < kCells; ++cell) compare(random_options(seed, cell, quick));
  }
}

void check_busy(bool quick) {
  for (uint64_t seed = 0; seed < (quick ? 2 : 12); ++seed) {
    for (int32_t cell = 0; cell < kCells; ++cell) compare(busy_options(seed, cell));
  }
}

}  // namespace test
