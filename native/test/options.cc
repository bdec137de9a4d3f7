#include <cmath>

#include "problem.h"

namespace test {

std::string Options::words() const {
  static const char *const cells[] = {"LSTM", "GRU", "GRU reset before", "tanh", "relu"};
  static const char *const fills[] = {"hold", "hold_zero", "zero", "none", "hold_all"};
  const auto flag = [](bool on, const char *word) { return on ? std::string(" ") + word : ""; };
  std::string text = cells[sizes.cell];
  for (int64_t n : {sizes.D, sizes.B, sizes.T, sizes.I, sizes.U}) text += " " + std::to_string(n);
  return text + " (D B T I U), fill " + fills[sizes.fill] + ", mask " + std::to_string(mask) +
         ", threads " + std::to_string(threads) + ", seed " + std::to_string(seed) +
         flag(sizes.reverse, "reverse") + flag(bias, "bias") + flag(h0, "h0") + flag(c0, "c0") +
         flag(recurrent_dropout, "recurrent_dropout") + flag(hidden, "hidden") +
         flag(last, "last") + flag(record, "record") + flag(d_hidden, "d_hidden") +
         flag(d_last, "d_last") + flag(d_x, "d_x") + flag(d_weights, "d_weights") +
         flag(d_states, "d_states");
}

Options random_options(uint64_t seed, int32_t cell, bool quick) {
  std::mt19937_64 random(seed * 8 + uint64_t(cell));
  const auto upto = [&](int64_t most) { return 1 + int64_t(random() % uint64_t(most)); };
  const auto mostly = [&] { return random() % 4 != 0; };
  Options o;
  o.seed = seed;
  o.sizes.cell = cell;
  o.sizes.fill = int32_t(random() % 4);
  o.sizes.D = upto(2);
  o.sizes.reverse = o.sizes.D == 1 && random() % 2 == 0;
  o.sizes.B = mostly() ? upto(7) : upto(quick ? 9 : 40);
  o.sizes.T = mostly() ? upto(6) : upto(quick ? 9 : 30);
  o.sizes.I = mostly() ? upto(20) : upto(quick ? 40 : 150);
  o.sizes.U = mostly() ? upto(quick ? 20 : 40) : upto(quick ? 40 : 100);
  o.threads = int32_t(upto(4));
  o.mask = int(random() % kMaskKinds);
  o.bias = mostly();
  o.h0 = mostly();
  o.c0 = mostly();
  o.recurrent_dropout = !mostly();
  o.hidden = mostly();
  o.last = mostly();
  o.record = mostly();
  o.d_hidden = mostly();
  o.d_last = mostly();
  o.d_x = mostly();
  o.d_weights = mostly();
  o.d_states = mostly();
  if (random() % 4 == 0) { /* a recording, which nothing is differentiated from */
    o.sizes.fill = GW_FILL_HOLD_ALL;
    o.d_hidden = o.d_last = o.d_x = o.d_weights = o.d_states = false;
  }
  return o;
}

Options busy_options(uint64_t seed, int32_t cell) {
  Options o = random_options(seed, cell, true);
  std::mt19937_64 random(seed);
  const auto upto = [&](int64_t most) { return 1 + int64_t(random() % uint64_t(most)); };
  Sizes &s = o.sizes;
  o.hidden = o.record = o.last = true;
  o.d_hidden = o.d_last = o.sizes.fill != GW_FILL_HOLD_ALL;
  if (seed % 2 == 0) { /* many rows */
    o.threads = int32_t(1 + upto(3));
    s.B = 8 + upto(20), s.I = 20 + upto(30), s.U = 20 + upto(30);
  } else { /* fewer rows than threads, and weights that are worth sharing */
    o.threads = 4;
    s.B = s.D == 1 ? upto(2) : 1;
    s.I = 10 + upto(30), s.U = int64_t(std::sqrt(double(32768 / s.gates()))) + 1 + upto(30);
  }
  /* The library wakes a thread for each 2 million floating-point operations. */
  const double a_step = 2.0 * double(s.columns() * (s.I + s.U) * s.B * s.D);
  s.T = int64_t(2.1e6 * o.threads / a_step) + 1;
  return o;
}

}  // namespace test
