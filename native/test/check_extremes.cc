#include <cmath>
#include <cstdio>
#include <limits>

#include "checks.h"
#include "problem.h"

namespace test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/* Numbers that are none, in one place of x: they must spread as in the reference, no farther. */
void spread(int32_t cell, float number, int64_t T, bool padded) {
  Options o;
  o.sizes.cell = cell;
  o.sizes.B = 5, o.sizes.T = T, o.sizes.I = 7, o.sizes.U = 19;
  o.mask = padded ? kRight : kNoMask;
  o.d_hidden = o.d_last = false; /* forward only: gradients of infinity are undefined */
  o.threads = 2;
  Problem p(o);
  p.x[(2 * T + T / 2) * 7 + 3] = number;
  expect(p.run() == GW_OK, o.words());
  report(p.compare(), o.words() + " with " + std::to_string(number) + " in x");
}

/* What lies at masked steps is not read: a NaN there does not show. */
void masked_nan(int32_t cell) {
  for (int mask : {kRight, kLeft, kMiddle, kAllMasked}) {
    Options o;
    o.sizes.cell = cell;
    o.sizes.D = 2, o.sizes.B = 4, o.sizes.T = 6, o.sizes.I = 5, o.sizes.U = 17;
    o.mask = mask;
    Problem clean(o), spoiled(o);
    for (int64_t i = 0; i < spoiled.x.size(); ++i) {
      if (spoiled.masked(i / 30, i / 5 % 6)) spoiled.x[i] = kNan;
    }
    expect(clean.run() == GW_OK && spoiled.run() == GW_OK, o.words());
    report(spoiled.compare_bits(clean), o.words() + " with NaN where masked");
  }
}

/* Arguments over the whole range of the activations, through a layer of one unit and no weights. */
void activations(int32_t cell) {
  Options o;
  o.sizes.cell = cell;
  o.sizes.B = 400, o.sizes.I = 1, o.sizes.U = 16;
  o.bias = o.h0 = o.d_hidden = o.d_last = false;
  Problem p(o);
  for (int64_t i = 0; i < p.x.size(); ++i) {
    const float size = std::pow(10.0f, float(i / 2 - 100) / 5); /* 1e-20 to 1e19 */
    p.x[i] = i % 2 == 0 ? size : -size;
  }
  for (int64_t i = 0; i < p.kernel.size(); ++i) p.kernel[i] = i % 2 == 0 ? 1 : -1;
  if (cell == GW_RNN_RELU) {
    for (int64_t i = 0; i < p.x.size(); ++i) p.x[i] = std::fmin(p.x[i], 1); /* scale of the check */
  }
  expect(p.run() == GW_OK, o.words());
  report(p.compare(), o.words() + " over the range of the activations");
}

}  // namespace

void check_extremes(bool) {
  for (int32_t cell = 0; cell < kCells; ++cell) {
    for (float number : {kNan, kInfinity, -kInfinity, 3e38f, -3e38f, 1e-40f}) {
      /* A linear unit of 3e38 overflows a float: only the reference's double holds it. */
      if (cell == GW_RNN_RELU && std::fabs(number) == 3e38f) continue;
      for (int64_t T : {1, 6}) spread(cell, number, T, false), spread(cell, number, T, true);
    }
    masked_nan(cell);
    activations(cell);
  }
}

/* x has 2^31 + 2^15 numbers; all but the last rows lie on the system's one page of zeros. */
void check_large(bool quick) {
  if (quick || kAddressSanitizer || kThreadSanitizer) return;
  Options o;
  o.sizes.B = 3, o.sizes.I = int64_t(1) << 15;
  o.bias = o.h0 = o.c0 = o.hidden = o.record = o.d_hidden = o.d_last = false;
  o.threads = 2;
  Problem few(o);
  expect(few.run() == GW_OK, "large: a few rows");
  const int64_t rows = (int64_t(1) << 16) + 1, bytes = rows * o.sizes.I * 4;
  void *at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    printf("large: not enough address space, left out\n");
    return;
  }
  madvise(at, size_t(bytes), MADV_HUGEPAGE); /* the page of zeros that is large: far fewer faults */
  float *x = static_cast<float *>(at);
  memcpy(x + (rows - 3) * o.sizes.I, few.x.data(), size_t(few.x.size()) * 4);
  Guarded<float> h(rows), c(rows);
  gw_call call = few.call();
  call.x = x, call.B = rows, call.h_last = h.data(), call.c_last = c.data();
  expect(gw_forward(&call) == GW_OK, "large");
  munmap(at, bytes);
  for (int64_t b = 0; b < 3; ++b) {
    expect(std::fabs(h[rows - 3 + b] - few.h_last[b]) < 1e-5f, "large: the last rows");
  }
  expect(h[rows / 2] == 0, "large: a row of zeros");
}

}  // namespace test
