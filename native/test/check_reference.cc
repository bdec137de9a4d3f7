#include <cmath>
#include <random>

#include "checks.h"
#include "problem.h"

namespace test {
namespace {

using Vector = std::vector<double>;

double loss(Reference r) {
  r.forward();
  double sum = 0;
  const auto add = [&](const Vector &weights, const Vector &values) {
    for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[i];
  };
  add(r.d_hidden, r.hidden);
  add(r.d_h_last, r.h_last);
  add(r.d_c_last, r.c_last);
  return sum;
}

Reference draw(const Options &o) {
  const Problem p(o);
  Reference r;
  r.sizes = o.sizes;
  r.mask.assign(p.mask.data(), p.mask.data() + p.mask.size());
  const auto copy = [](Vector &to, const Guarded<float> &from) {
    to.assign(from.data(), from.data() + from.size());
  };
  copy(r.x, p.x), copy(r.kernel, p.kernel), copy(r.recurrent, p.recurrent), copy(r.bias, p.bias);
  copy(r.h0, p.h0), copy(r.c0, p.c0), copy(r.recurrent_dropout, p.recurrent_dropout);
  copy(r.d_hidden, p.d_hidden), copy(r.d_h_last, p.d_h_last), copy(r.d_c_last, p.d_c_last);
  return r;
}

/* Central differences of the loss with respect to one input against its gradient. */
void slopes(Reference &r, Vector &input, const Vector &gradient, const std::string &where) {
  const double step = 1e-6;
  for (size_t i = 0; i < input.size(); ++i) {
    const double at = input[i];
    input[i] = at + step;
    const double above = loss(r);
    input[i] = at - step;
    const double below = loss(r);
    input[i] = at;
    const double slope = (above - below) / (2 * step);
    expect(std::fabs(slope - gradient[i]) <= 1e-6 * (1 + std::fabs(slope)), where);
  }
}

}  // namespace

void check_reference(bool) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    for (int32_t cell = 0; cell < kCells; ++cell) {
      Options o = random_options(seed, cell, true);
      o.sizes.B = 2, o.sizes.T = 1 + int64_t(seed % 4), o.sizes.I = 2, o.sizes.U = 3;
      o.sizes.fill = int32_t(seed % 3); /* "none" leaves NaN in d_hidden, which loss() would see */
      o.bias = o.h0 = o.c0 = o.hidden = o.record = o.d_hidden = o.d_last = true;
      Reference r = draw(o);
      r.backward();
      slopes(r, r.x, r.d_x, o.words() + " x");
      slopes(r, r.kernel, r.d_kernel, o.words() + " kernel");
      slopes(r, r.recurrent, r.d_recurrent, o.words() + " recurrent");
      slopes(r, r.bias, r.d_bias, o.words() + " bias");
      slopes(r, r.h0, r.d_h0, o.words() + " h0");
      if (cell == GW_LSTM) slopes(r, r.c0, r.d_c0, o.words() + " c0");
    }
  }
}

}  // namespace test
