#include "problem.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace test {
namespace {

constexpr double kForward = 1e-5, kGradient = 1e-4;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Float = Arrays<Guarded<float>>;
using Double = Arrays<std::vector<double>>;

struct Named {
  const char *name;
  Guarded<float> Float::*got;
  std::vector<double> Double::*want;
};
const Named kInputs[] = {
    {"x", &Float::x, &Double::x},
    {"kernel", &Float::kernel, &Double::kernel},
    {"recurrent", &Float::recurrent, &Double::recurrent},
    {"bias", &Float::bias, &Double::bias},
    {"h0", &Float::h0, &Double::h0},
    {"c0", &Float::c0, &Double::c0},
    {"recurrent_dropout", &Float::recurrent_dropout, &Double::recurrent_dropout},
    {"d_hidden", &Float::d_hidden, &Double::d_hidden},
    {"d_h_last", &Float::d_h_last, &Double::d_h_last},
    {"d_c_last", &Float::d_c_last, &Double::d_c_last},
};
const Named kOutputs[] = {
    {"hidden", &Float::hidden, &Double::hidden},
    {"gates", &Float::gates, &Double::gates},
    {"cells", &Float::cells, &Double::cells},
    {"h_last", &Float::h_last, &Double::h_last},
    {"c_last", &Float::c_last, &Double::c_last},
};
const Named kGradients[] = {
    {"d_x", &Float::d_x, &Double::d_x},
    {"d_kernel", &Float::d_kernel, &Double::d_kernel},
    {"d_recurrent", &Float::d_recurrent, &Double::d_recurrent},
    {"d_bias", &Float::d_bias, &Double::d_bias},
    {"d_h0", &Float::d_h0, &Double::d_h0},
    {"d_c0", &Float::d_c0, &Double::d_c0},
};

void normal(Guarded<float> &array, std::mt19937_64 &random, double deviation) {
  std::normal_distribution<double> draw(0, deviation);
  for (int64_t i = 0; i < array.size(); ++i) array[i] = float(draw(random));
}

void draw_mask(const Options &o, Guarded<uint8_t> &mask, std::mt19937_64 &random) {
  const int64_t T = o.sizes.T;
  for (int64_t b = 0; b < o.sizes.B; ++b) {
    const int64_t length = int64_t(random() % uint64_t(T + 1));
    const bool whole_row = random() % 2 == 0;
    for (int64_t t = 0; t < T; ++t) {
      bool real = true;
      if (o.mask == kRight) real = t < length;
      if (o.mask == kLeft) real = t >= T - length;
      if (o.mask == kMiddle) real = random() % 3 != 0;
      if (o.mask == kSomeRowsMasked) real = whole_row;
      if (o.mask == kAllMasked) real = false;
      /* Any nonzero byte means real. */
      mask[b * T + t] = real ? uint8_t(1 + random() % 255) : 0;
    }
  }
}

}  // namespace

Problem::Problem(const Options &from) : options(from) {
  const Sizes &s = options.sizes;
  const bool lstm = s.cell == GW_LSTM, trains = options.trains();
  const int64_t states = s.D * s.B * s.U, steps = states * s.T;
  const auto make = [](bool wanted, int64_t count) {
    return wanted ? Guarded<float>(count) : Guarded<float>();
  };
  const int64_t biases = s.D * s.bias_rows() * s.columns();
  x = Guarded<float>(s.B * s.T * s.I);
  kernel = Guarded<float>(s.D * s.I * s.columns());
  recurrent = Guarded<float>(s.D * s.U * s.columns());
  bias = make(options.bias, biases);
  h0 = make(options.h0, states);
  c0 = make(options.c0 && lstm, states);
  recurrent_dropout = make(options.recurrent_dropout, s.gates() * states);
  if (options.mask != kNoMask) mask = Guarded<uint8_t>(s.B * s.T);

  hidden = make(options.hidden, steps);
  gates = make(options.record && s.gates() > 1, steps * s.gates());
  cells = make(options.record && s.has_cells(), steps);
  h_last = make(options.last, states);
  c_last = make(options.last && lstm, states);
  d_hidden = make(trains && options.d_hidden, steps);
  d_h_last = make(trains && options.d_last, states);
  d_c_last = make(trains && options.d_last && lstm, states);
  d_x = make(trains && options.d_x, x.size());
  d_kernel = make(trains && options.d_weights, kernel.size());
  d_recurrent = make(trains && options.d_weights, recurrent.size());
  d_bias = make(trains && options.d_weights && options.bias, biases);
  d_h0 = make(trains && options.d_states, states);
  d_c0 = make(trains && options.d_states && lstm, states);

  std::mt19937_64 random(options.seed);
  for (const Named &input : kInputs) normal(this->*input.got, random, 1);
  normal(kernel, random, 1 / std::sqrt(double(s.I)));
  normal(recurrent, random, 1 / std::sqrt(double(s.U)));
  for (int64_t i = 0; i < recurrent_dropout.size(); ++i) {
    recurrent_dropout[i] = random() % 5 < 2 ? 0 : 1 / 0.6f;
  }
  if (options.mask != kNoMask) draw_mask(options, mask, random);
  if (s.fill == GW_FILL_NONE) { /* not read at masked steps: a NaN there must not show */
    for (int64_t i = 0; i < d_hidden.size(); ++i) {
      if (masked(i / (s.U * s.D * s.T), i / (s.U * s.D) % s.T)) d_hidden[i] = float(kNan);
    }
  }
}

bool Problem::masked(int64_t b, int64_t place) const {
  const Sizes &s = options.sizes;
  const int64_t t = s.reverse ? s.T - 1 - place : place;
  return mask.size() > 0 && mask[b * s.T + t] == 0;
}

gw_call Problem::call() {
  const Sizes &s = options.sizes;
  gw_call c = {};
  c.cell = s.cell;
  c.fill = s.fill;
  c.reverse = s.reverse;
  c.threads = options.threads;
  c.D = s.D, c.B = s.B, c.T = s.T, c.I = s.I, c.U = s.U;
  c.x = x.data(), c.kernel = kernel.data(), c.recurrent = recurrent.data(), c.bias = bias.data();
  c.mask = mask.data(), c.h0 = h0.data(), c.c0 = c0.data();
  c.recurrent_dropout = recurrent_dropout.data();
  c.hidden = hidden.data(), c.gates = gates.data(), c.cells = cells.data();
  c.h_last = h_last.data(), c.c_last = c_last.data();
  c.d_hidden = d_hidden.data(), c.d_h_last = d_h_last.data(), c.d_c_last = d_c_last.data();
  c.d_x = d_x.data(), c.d_kernel = d_kernel.data(), c.d_recurrent = d_recurrent.data();
  c.d_bias = d_bias.data(), c.d_h0 = d_h0.data(), c.d_c0 = d_c0.data();
  return c;
}

int32_t Problem::run() {
  const gw_call c = call();
  const int32_t status = gw_forward(&c);
  return status != GW_OK || !options.trains() ? status : gw_backward(&c);
}

std::string near(const char *name, const Guarded<float> &got, const std::vector<double> &want,
                 double tolerance, double scale) {
  if (scale == 0) {
    for (double w : want) scale = std::isfinite(w) ? std::max(scale, std::fabs(w)) : scale;
  }
  for (int64_t i = 0; i < got.size(); ++i) {
    const double g = got[i], w = want[size_t(i)];
    if (std::isnan(w) ? std::isnan(g) : g == w || std::fabs(g - w) <= tolerance * scale) continue;
    return std::string(name) + "[" + std::to_string(i) + "] is " + std::to_string(g) + ", not " +
           std::to_string(w);
  }
  return got.canaries_alive() ? "" : std::string(name) + ": written before its start";
}

std::string Problem::compare() const {
  const Sizes &s = options.sizes;
  Reference r;
  r.sizes = s;
  r.mask.assign(mask.data(), mask.data() + mask.size());
  for (const Named &input : kInputs) {
    const Guarded<float> &from = this->*input.got;
    (r.*input.want).assign(from.data(), from.data() + from.size());
  }
  r.forward();
  std::string wrong;
  for (int64_t row = 0; row < s.D * s.B * s.T; ++row) {
    const int64_t d = row / (s.B * s.T), b = row / s.T % s.B, place = row % s.T;
    if (!masked(b, place) || s.fill == GW_FILL_HOLD_ALL) continue;
    const auto untouched = [&](const Guarded<float> &got, std::vector<double> &want, int64_t at,
                               int64_t count) {
      for (int64_t i = at; i < at + count && got.size() > 0; ++i) {
        if (!got.untouched(i)) wrong = "something was written at a masked step";
        want[size_t(i)] = kNan;
      }
    };
    untouched(gates, r.gates, row * s.columns(), s.columns());
    untouched(cells, r.cells, row * s.U, s.U);
    if (s.fill == GW_FILL_NONE) {
      untouched(hidden, r.hidden, ((b * s.T + place) * s.D + d) * s.U, s.U);
    }
  }
  for (const Named &o : kOutputs) {
    double scale = 1;
    for (double w : r.*o.want) scale = std::isfinite(w) ? std::max(scale, std::fabs(w)) : scale;
    if (wrong.empty()) wrong = near(o.name, this->*o.got, r.*o.want, kForward, scale);
  }
  if (!wrong.empty() || !options.trains()) return wrong;
  r.backward();
  for (const Named &o : kGradients) {
    if (wrong.empty()) wrong = near(o.name, this->*o.got, r.*o.want, kGradient, 0);
  }
  return wrong;
}

std::string Problem::compare_bits(const Problem &other) const {
  for (const auto &table : {std::pair(kOutputs, std::size(kOutputs)),
                            std::pair(kGradients, std::size(kGradients))}) {
    for (size_t i = 0; i < table.second; ++i) {
      const Named &o = table.first[i];
      if (!(this->*o.got).same_bits(other.*o.got)) return std::string(o.name) + " differs in bits";
    }
  }
  return "";
}

}  // namespace test
