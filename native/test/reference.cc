#include "reference.h"

#include <cmath>

namespace test {
namespace {

using Vector = std::vector<double>;

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

/* One step of one row, as forward took it and backward needs it. */
struct Step {
  int64_t t = 0;        /* place in time: of x and mask */
  int64_t place = 0;    /* place in hidden, gates and cells */
  bool real = true;     /* not masked */
  bool begun = false;   /* a real step came before */
  Vector h, c;          /* states before the step */
  Vector gates;         /* activated [G*U] */
  Vector inner;         /* GRU: h*R_h + b_Rh [U]; LSTM: the new c [U] */
};

/* One row of the batch in one direction. */
class Row {
 public:
  Row(Reference &r, int64_t d, int64_t b) : r_(r), s_(r.sizes), d_(d), b_(b) {}

  std::vector<Step> forward() {
    Vector h = state(r_.h0), c = s_.cell == GW_LSTM ? state(r_.c0) : Vector();
    std::vector<Step> steps(s_.T);
    bool begun = false;
    for (int64_t n = 0; n < s_.T; ++n) {
      Step &step = steps[n];
      const bool backwards = s_.D == 2 ? d_ == 1 : s_.reverse != 0;
      step.t = backwards ? s_.T - 1 - n : n;
      step.place = s_.D == 2 ? step.t : n;
      step.real = r_.mask.empty() || r_.mask[b_ * s_.T + step.t] != 0;
      step.begun = begun;
      step.h = h;
      step.c = c;
      if (step.real) advance(step, h, c);
      begun = begun || step.real;
      write(step, h);
    }
    put(r_.h_last, state_at(), h);
    if (s_.cell == GW_LSTM) put(r_.c_last, state_at(), c);
    return steps;
  }

  void backward(const std::vector<Step> &steps) {
    Vector dh = state(r_.d_h_last), dc = state(r_.d_c_last);
    for (int64_t n = s_.T - 1; n >= 0; --n) {
      const Step &step = steps[n];
      const bool flows = step.real || s_.fill == GW_FILL_HOLD ||
                         (s_.fill == GW_FILL_HOLD_ZERO && step.begun);
      if (flows && !r_.d_hidden.empty()) {
        for (int64_t u = 0; u < s_.U; ++u) dh[u] += r_.d_hidden[hidden_at(step) + u];
      }
      if (step.real) retreat(step, dh, dc);
    }
    put(r_.d_h0, state_at(), dh);
    if (s_.cell == GW_LSTM) put(r_.d_c0, state_at(), dc);
  }

 private:
  int64_t state_at() const { return (d_ * s_.B + b_) * s_.U; }
  int64_t hidden_at(const Step &step) const {
    return ((b_ * s_.T + step.place) * s_.D + d_) * s_.U;
  }
  int64_t row_at(const Step &step) const { return (d_ * s_.B + b_) * s_.T + step.place; }
  Vector state(const Vector &from) const {
    if (from.empty()) return Vector(s_.U);
    return Vector(from.begin() + state_at(), from.begin() + state_at() + s_.U);
  }
  static void put(Vector &to, int64_t at, const Vector &from) {
    if (to.empty()) return;
    for (size_t i = 0; i < from.size(); ++i) to[at + i] = from[i];
  }
  double dropout(int64_t g, int64_t v) const {
    if (r_.recurrent_dropout.empty()) return 1;
    return r_.recurrent_dropout[((d_ * s_.gates() + g) * s_.B + b_) * s_.U + v];
  }
  double bias(int64_t row, int64_t column) const {
    if (r_.bias.empty() || row >= s_.bias_rows()) return 0;
    return r_.bias[(d_ * s_.bias_rows() + row) * s_.columns() + column];
  }
  double weight(int64_t v, int64_t column) const {
    return r_.recurrent[(d_ * s_.U + v) * s_.columns() + column];
  }

  /* x*W + b for one column. */
  double input(const Step &step, int64_t column) const {
    double sum = bias(0, column);
    for (int64_t i = 0; i < s_.I; ++i) {
      sum += r_.x[(b_ * s_.T + step.t) * s_.I + i] *
             r_.kernel[(d_ * s_.I + i) * s_.columns() + column];
    }
    return sum;
  }
  /* What multiplies row v of the recurrent weights of gate g. */
  double factor(const Step &step, int64_t g, int64_t v) const {
    const bool reset = s_.cell == GW_GRU_RESET_BEFORE && g == 2;
    return dropout(g, v) * (reset ? step.gates[s_.U + v] : 1);
  }
  /* h*R + the recurrent bias for unit u of gate g. */
  double recurrent(const Step &step, int64_t g, int64_t u) const {
    double sum = bias(1, g * s_.U + u);
    for (int64_t v = 0; v < s_.U; ++v) {
      sum += step.h[v] * factor(step, g, v) * weight(v, g * s_.U + u);
    }
    return sum;
  }

  double squash(int64_t g, double z) const {
    if (s_.cell == GW_RNN_RELU) return z > 0 || std::isnan(z) ? z : 0;
    if (s_.cell == GW_RNN_TANH || g == 2) return std::tanh(z);
    return sigmoid(z);
  }

  void advance(Step &step, Vector &h, Vector &c) const {
    const int64_t U = s_.U;
    step.gates.assign(s_.columns(), 0);
    step.inner.assign(U, 0);
    for (int64_t g = 0; g < s_.gates(); ++g) {
      for (int64_t u = 0; u < U; ++u) {
        double product = recurrent(step, g, u);
        if (s_.cell == GW_GRU && g == 2) {
          step.inner[u] = product;
          product *= step.gates[U + u];
        }
        step.gates[g * U + u] = squash(g, input(step, g * U + u) + product);
      }
    }
    const Vector &a = step.gates;
    for (int64_t u = 0; u < U; ++u) {
      if (s_.cell == GW_LSTM) {
        c[u] = step.inner[u] = a[u] * a[2 * U + u] + a[U + u] * step.c[u];
        h[u] = a[3 * U + u] * std::tanh(c[u]);
      } else {
        h[u] = s_.gates() == 1 ? a[u] : a[u] * step.h[u] + (1 - a[u]) * a[2 * U + u];
      }
    }
  }

  void write(const Step &step, const Vector &h) {
    if (step.real) {
      put(r_.hidden, hidden_at(step), h);
      if (s_.gates() > 1) put(r_.gates, row_at(step) * s_.columns(), step.gates);
      if (s_.has_cells()) put(r_.cells, row_at(step) * s_.U, step.inner);
      return;
    }
    const bool zero = s_.fill == GW_FILL_ZERO || (s_.fill == GW_FILL_HOLD_ZERO && !step.begun);
    if (s_.fill != GW_FILL_NONE) put(r_.hidden, hidden_at(step), zero ? Vector(s_.U) : h);
    if (s_.fill != GW_FILL_HOLD_ALL) return;
    if (s_.gates() > 1) put(r_.gates, row_at(step) * s_.columns(), Vector(s_.columns()));
    const bool lstm = s_.cell == GW_LSTM;
    if (s_.has_cells()) put(r_.cells, row_at(step) * s_.U, lstm ? step.c : Vector(s_.U));
  }

  /* Adds to the gradients what one real step gives; dh and dc go from after it to before it. */
  void retreat(const Step &step, Vector &dh, Vector &dc) {
    const int64_t U = s_.U;
    const Vector &a = step.gates;
    Vector dz(s_.columns()), before(U); /* before activation; of h past all products */
    if (s_.cell == GW_LSTM) {
      for (int64_t u = 0; u < U; ++u) {
        const double i = a[u], f = a[U + u], g = a[2 * U + u], o = a[3 * U + u];
        const double shown = std::tanh(step.inner[u]);
        dc[u] += dh[u] * o * (1 - shown * shown);
        dz[u] = dc[u] * g * i * (1 - i);
        dz[U + u] = dc[u] * step.c[u] * f * (1 - f);
        dz[2 * U + u] = dc[u] * i * (1 - g * g);
        dz[3 * U + u] = dh[u] * shown * o * (1 - o);
        dc[u] *= f;
      }
    } else if (s_.gates() == 1) {
      for (int64_t u = 0; u < U; ++u) {
        const double slope = s_.cell == GW_RNN_RELU ? (a[u] > 0 ? 1 : 0) : 1 - a[u] * a[u];
        dz[u] = dh[u] * slope;
      }
    } else {
      retreat_gru(step, dh, dz, before);
    }
    collect(step, dz, before);
    dh = before;
  }

  void retreat_gru(const Step &step, const Vector &dh, Vector &dz, Vector &before) const {
    const int64_t U = s_.U;
    const Vector &a = step.gates;
    for (int64_t u = 0; u < U; ++u) {
      const double z = a[u], candidate = a[2 * U + u];
      before[u] = dh[u] * z;
      dz[u] = dh[u] * (step.h[u] - candidate) * z * (1 - z);
      dz[2 * U + u] = dh[u] * (1 - z) * (1 - candidate * candidate);
    }
    for (int64_t v = 0; v < U; ++v) {
      double d_reset = 0;
      if (s_.cell == GW_GRU) {
        d_reset = dz[2 * U + v] * step.inner[v];
      } else {
        for (int64_t u = 0; u < U; ++u) d_reset += dz[2 * U + u] * weight(v, 2 * U + u);
        d_reset *= step.h[v] * dropout(2, v);
      }
      dz[U + v] = d_reset * a[U + v] * (1 - a[U + v]);
    }
  }

  /* The gradients of weights, bias, x, and through the products of the state before. */
  void collect(const Step &step, const Vector &dz, Vector &before) {
    const int64_t U = s_.U, columns = s_.columns();
    for (int64_t g = 0; g < s_.gates(); ++g) {
      for (int64_t u = 0; u < U; ++u) {
        const int64_t column = g * U + u;
        const bool after = s_.cell == GW_GRU && g == 2;
        const double d_product = dz[column] * (after ? step.gates[U + u] : 1);
        for (int64_t v = 0; v < U; ++v) {
          const double by = factor(step, g, v);
          r_.d_recurrent[(d_ * U + v) * columns + column] += step.h[v] * by * d_product;
          before[v] += weight(v, column) * by * d_product;
        }
        for (int64_t i = 0; i < s_.I; ++i) {
          const int64_t at = (b_ * s_.T + step.t) * s_.I + i;
          r_.d_kernel[(d_ * s_.I + i) * columns + column] += r_.x[at] * dz[column];
          r_.d_x[at] += r_.kernel[(d_ * s_.I + i) * columns + column] * dz[column];
        }
        r_.d_bias[d_ * s_.bias_rows() * columns + column] += dz[column];
        if (s_.cell == GW_GRU) r_.d_bias[(d_ * 2 + 1) * columns + column] += d_product;
      }
    }
  }

  Reference &r_;
  const Sizes &s_;
  int64_t d_, b_;
};

}  // namespace

void Reference::forward() {
  const int64_t states = sizes.D * sizes.B * sizes.U, steps = sizes.D * sizes.B * sizes.T;
  hidden.assign(steps * sizes.U, 0);
  gates.assign(steps * sizes.columns(), 0);
  cells.assign(steps * sizes.U, 0);
  h_last.assign(states, 0);
  c_last.assign(states, 0);
  for (int64_t d = 0; d < sizes.D; ++d) {
    for (int64_t b = 0; b < sizes.B; ++b) Row(*this, d, b).forward();
  }
}

void Reference::backward() {
  const int64_t states = sizes.D * sizes.B * sizes.U;
  d_x.assign(x.size(), 0);
  d_kernel.assign(kernel.size(), 0);
  d_recurrent.assign(recurrent.size(), 0);
  d_bias.assign(sizes.D * sizes.bias_rows() * sizes.columns(), 0);
  d_h0.assign(states, 0);
  d_c0.assign(states, 0);
  for (int64_t d = 0; d < sizes.D; ++d) {
    for (int64_t b = 0; b < sizes.B; ++b) {
      Row row(*this, d, b);
      row.backward(row.forward());
    }
  }
}

}  // namespace test
