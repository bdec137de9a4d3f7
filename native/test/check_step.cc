#include <unistd.h>

#include <cstdlib>

#include "../threads.h"
#include "checks.h"
#include "problem.h"

namespace test {
namespace {

/* A stream of T steps of one row against gw_forward over the same row. */
void stream(const Options &o) {
  const Sizes &s = o.sizes;
  Problem p(o);
  const int64_t bytes = gw_pack_size(s.cell, s.I, s.U);
  expect(bytes > 0, o.words() + " gw_pack_size");
  float *packed = static_cast<float *>(aligned_alloc(64, size_t(bytes + 63) / 64 * 64));
  expect(gw_pack(s.cell, s.I, s.U, p.kernel.data(), p.recurrent.data(), p.bias.data(), packed) ==
             GW_OK,
         o.words() + " gw_pack");
  Guarded<float> h(s.U), c(s.cell == GW_LSTM ? s.U : 0);
  for (int64_t u = 0; u < s.U; ++u) h[u] = p.h0[u];
  for (int64_t u = 0; u < c.size(); ++u) c[u] = p.c0[u];
  const uint64_t before = gw_count(2);
  for (int64_t t = 0; t < s.T; ++t) {
    Guarded<float> x(s.I);
    for (int64_t i = 0; i < s.I; ++i) x[i] = p.x[t * s.I + i];
    expect(gw_step(s.cell, s.I, s.U, packed, x.data(), h.data(),
                   s.cell == GW_LSTM ? c.data() : nullptr) == GW_OK,
           o.words() + " gw_step");
  }
  expect(gw_count(2) == before + uint64_t(s.T), "steps are counted");
  free(packed);
  expect(p.run() == GW_OK, o.words());
  report(p.compare(), o.words());
  const std::vector<double> h_want(p.h_last.data(), p.h_last.data() + s.U);
  const std::vector<double> c_want(p.c_last.data(), p.c_last.data() + p.c_last.size());
  report(near("h of gw_step", h, h_want, 1e-5, 1), o.words());
  if (s.cell == GW_LSTM) report(near("c of gw_step", c, c_want, 1e-5, 1), o.words());
}

/* A step with weights that several threads would share, while another call holds them. */
void stream_beside_a_call() {
  Options o;
  o.sizes.cell = GW_LSTM;
  o.sizes.D = o.sizes.B = 1;
  o.sizes.T = 3, o.sizes.I = 200, o.sizes.U = 300;
  o.h0 = o.c0 = o.last = true;
  o.threads = 1; /* gw_forward, too, must not wait for what is held here */
  gatewise::Crew busy(2);
  alarm(60); /* a step that waited would wait for ever */
  stream(o);
  alarm(0);
}

void product(int64_t M, int64_t K, int64_t N, int32_t threads, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> draw;
  Guarded<float> a(M * K), b(K * N), c(M * N), again(M * N);
  for (int64_t i = 0; i < a.size(); ++i) a[i] = draw(random);
  for (int64_t i = 0; i < b.size(); ++i) b[i] = draw(random);
  std::vector<double> want(size_t(M * N));
  for (int64_t m = 0; m < M; ++m) {
    for (int64_t k = 0; k < K; ++k) {
      for (int64_t n = 0; n < N; ++n) want[size_t(m * N + n)] += double(a[m * K + k]) * b[k * N + n];
    }
  }
  const std::string where = "matmul " + std::to_string(M) + " " + std::to_string(K) + " " +
                            std::to_string(N) + " threads " + std::to_string(threads);
  expect(gw_matmul(M, K, N, a.data(), b.data(), c.data(), threads) == GW_OK, where);
  expect(gw_matmul(M, K, N, a.data(), b.data(), again.data(), threads) == GW_OK, where);
  report(near("C", c, want, 1e-5, 0), where);
  report(c.same_bits(again) ? "" : "the bits differ", where);
}

}  // namespace

void check_step(bool quick) {
  stream_beside_a_call();
  for (uint64_t seed = 0; seed < (quick ? 8 : 40); ++seed) {
    for (int32_t cell = 0; cell < kCells; ++cell) {
      Options o = random_options(seed, cell, quick);
      o.sizes.D = o.sizes.B = 1;
      o.sizes.reverse = 0;
      o.mask = kNoMask;
      o.recurrent_dropout = false;
      o.h0 = o.c0 = o.last = true;
      if (seed == 0) o.sizes.I = 200, o.sizes.U = quick ? 130 : 300; /* may use several threads */
      stream(o);
    }
  }
}

void check_matmul(bool quick) {
  for (int64_t M : {1, 2, 5, 13, 33}) {
    for (int64_t K : {1, 3, 64, 130}) {
      for (int64_t N : {1, 7, 16, 50, 129}) product(M, K, N, 1 + int32_t(M % 4), uint64_t(M * K));
    }
  }
  if (!quick) product(300, 700, 600, 2, 1), product(67, 1500, 33, 3, 2), product(9, 40, 2500, 4, 3);
}

}  // namespace test
