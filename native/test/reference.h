/* The layers in double precision and plain loops: what the library's numbers are held against.
 * Letters and layouts as in gatewise.h. */
#ifndef GATEWISE_TEST_REFERENCE_H
#define GATEWISE_TEST_REFERENCE_H

#include <cstdint>
#include <vector>

#include "gatewise.h"

namespace test {

struct Sizes {
  int32_t cell = GW_LSTM, fill = GW_FILL_HOLD, reverse = 0;
  int64_t D = 1, B = 1, T = 1, I = 1, U = 1;

  int64_t gates() const { return cell == GW_LSTM ? 4 : cell <= GW_GRU_RESET_BEFORE ? 3 : 1; }
  int64_t columns() const { return gates() * U; } /* G*U */
  int64_t bias_rows() const { return cell == GW_GRU ? 2 : 1; }
  bool has_cells() const { return cell == GW_LSTM || cell == GW_GRU; }
};

/* Every float array of a call; an empty one stands for NULL. */
template <class Array>
struct Arrays {
  Array x, kernel, recurrent, bias, h0, c0, recurrent_dropout;
  Array hidden, gates, cells, h_last, c_last;
  Array d_hidden, d_h_last, d_c_last;
  Array d_x, d_kernel, d_recurrent, d_bias, d_h0, d_c0;
};

struct Reference : Arrays<std::vector<double>> {
  Sizes sizes;
  std::vector<uint8_t> mask;

  void forward();  /* fills hidden .. c_last */
  void backward(); /* fills d_x .. d_c0 from d_hidden, d_h_last, d_c_last */
};

}  // namespace test
#endif
