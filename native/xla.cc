/* The kernels as XLA custom calls: decode the buffers, fill a gw_call, run it.
 *
 * An array that is absent comes as a buffer without elements and goes on as NULL; the sizes are
 * read from x and the recurrent weights, and every other buffer must agree with them. The order
 * of operands and results is the order in which the bindings below name them;
 * gatewise/kernels/native/jax.py follows it.
 */
#include <cstdint>
#include <string>

#include "gatewise.h"
#include "xla/ffi/api/c_api.h"
#include "xla/ffi/api/ffi.h"

extern "C" {
GW_API XLA_FFI_Error *gw_xla_forward(XLA_FFI_CallFrame *frame);
GW_API XLA_FFI_Error *gw_xla_backward(XLA_FFI_CallFrame *frame);
GW_API int32_t gw_xla_api_version(int32_t part);
}

namespace ffi = xla::ffi;

namespace {

using Floats = ffi::Buffer<ffi::DataType::F32>;
using Marks = ffi::Buffer<ffi::DataType::PRED>;
using Result = ffi::Result<Floats>;

/* A gw_call in the making, and the first array found whose size is not what it should be. */
class Decoder {
 public:
  Decoder(int32_t cell, int32_t fill, int32_t reverse, int32_t threads, const Floats &x,
          const Floats &recurrent) {
    call.cell = cell;
    call.fill = fill;
    call.reverse = reverse;
    call.threads = threads;
    const auto sizes = x.dimensions(), weights = recurrent.dimensions();
    if (sizes.size() != 3 || weights.size() != 3) {
      misfit = "x or recurrent";
      return;
    }
    call.B = sizes[0], call.T = sizes[1], call.I = sizes[2];
    call.D = weights[0], call.U = weights[1];
    width = weights[2];
  }

  template <typename Buffer>
  auto *array(const Buffer &buffer, int64_t expected, const char *name) {
    const auto count = static_cast<int64_t>(buffer.element_count());
    if (count != 0 && count != expected && misfit == nullptr) misfit = name;
    return count == 0 ? nullptr : buffer.typed_data();
  }

  float *result(Result &buffer, int64_t expected, const char *name) {
    return array(*buffer, expected, name);
  }

  void read_inputs(const Floats &x, const Floats &kernel, const Floats &recurrent,
                   const Floats &bias, const Marks &mask, const Floats &h0, const Floats &c0,
                   const Floats &recurrent_dropout) {
    call.x = array(x, call.B * call.T * call.I, "x");
    call.kernel = array(kernel, call.D * call.I * width, "kernel");
    call.recurrent = array(recurrent, call.D * call.U * width, "recurrent");
    call.bias = array(bias, bias_size(), "bias");
    call.mask = reinterpret_cast<const uint8_t *>(array(mask, call.B * call.T, "mask"));
    call.h0 = array(h0, state_size(), "h0");
    call.c0 = array(c0, state_size(), "c0");
    call.recurrent_dropout = array(recurrent_dropout, call.D * call.B * width, "recurrent_dropout");
  }

  int64_t state_size() const { return call.D * call.B * call.U; }
  int64_t bias_size() const { return call.D * width * (call.cell == GW_GRU ? 2 : 1); }
  int64_t hidden_size() const { return call.T * state_size(); }
  int64_t gates_size() const { return call.D * call.B * call.T * width; }

  ffi::Error run(int32_t (*function)(const gw_call *)) const {
    if (misfit != nullptr) {
      return ffi::Error(ffi::ErrorCode::kInvalidArgument,
                        std::string("gatewise: the size of ") + misfit + " fits no other array");
    }
    const int32_t status = function(&call);
    if (status == GW_OK) return ffi::Error::Success();
    const auto code = status == GW_NO_MEMORY ? ffi::ErrorCode::kResourceExhausted
                                             : ffi::ErrorCode::kInvalidArgument;
    return ffi::Error(code, std::string("gatewise: ") + gw_message(status));
  }

  gw_call call = {};
  int64_t width = 0; /* G*U */
  const char *misfit = nullptr;
};

ffi::Error forward(Floats x, Floats kernel, Floats recurrent, Floats bias, Marks mask, Floats h0,
                   Floats c0, Floats recurrent_dropout, Result hidden, Result gates, Result cells,
                   Result h_last, Result c_last, int32_t cell, int32_t fill, int32_t reverse,
                   int32_t threads) {
  Decoder in(cell, fill, reverse, threads, x, recurrent);
  in.read_inputs(x, kernel, recurrent, bias, mask, h0, c0, recurrent_dropout);
  in.call.hidden = in.result(hidden, in.hidden_size(), "hidden");
  in.call.gates = in.result(gates, in.gates_size(), "gates");
  in.call.cells = in.result(cells, in.hidden_size(), "cells");
  in.call.h_last = in.result(h_last, in.state_size(), "h_last");
  in.call.c_last = in.result(c_last, in.state_size(), "c_last");
  return in.run(gw_forward);
}

ffi::Error backward(Floats x, Floats kernel, Floats recurrent, Floats bias, Marks mask, Floats h0,
                    Floats c0, Floats recurrent_dropout, Floats hidden, Floats gates, Floats cells,
                    Floats d_hidden, Floats d_h_last, Floats d_c_last, Result d_x, Result d_kernel,
                    Result d_recurrent, Result d_bias, Result d_h0, Result d_c0, int32_t cell,
                    int32_t fill, int32_t reverse, int32_t threads) {
  Decoder in(cell, fill, reverse, threads, x, recurrent);
  in.read_inputs(x, kernel, recurrent, bias, mask, h0, c0, recurrent_dropout);
  in.call.hidden = in.array(hidden, in.hidden_size(), "hidden");
  in.call.gates = in.array(gates, in.gates_size(), "gates");
  in.call.cells = in.array(cells, in.hidden_size(), "cells");
  in.call.d_hidden = in.array(d_hidden, in.hidden_size(), "d_hidden");
  in.call.d_h_last = in.array(d_h_last, in.state_size(), "d_h_last");
  in.call.d_c_last = in.array(d_c_last, in.state_size(), "d_c_last");
  in.call.d_x = in.result(d_x, in.call.B * in.call.T * in.call.I, "d_x");
  in.call.d_kernel = in.result(d_kernel, in.call.D * in.call.I * in.width, "d_kernel");
  in.call.d_recurrent = in.result(d_recurrent, in.call.D * in.call.U * in.width, "d_recurrent");
  in.call.d_bias = in.result(d_bias, in.bias_size(), "d_bias");
  in.call.d_h0 = in.result(d_h0, in.state_size(), "d_h0");
  in.call.d_c0 = in.result(d_c0, in.state_size(), "d_c0");
  return in.run(gw_backward);
}

/* What every call takes: the four arrays of weights and input, the mask, states and dropout. */
auto inputs() {
  return ffi::Ffi::Bind()
      .Arg<Floats>()  /* x */
      .Arg<Floats>()  /* kernel */
      .Arg<Floats>()  /* recurrent */
      .Arg<Floats>()  /* bias */
      .Arg<Marks>()   /* mask */
      .Arg<Floats>()  /* h0 */
      .Arg<Floats>()  /* c0 */
      .Arg<Floats>(); /* recurrent_dropout */
}

}  // namespace

/* Which version of XLA's interface these handlers speak: major (0) or minor (1). */
int32_t gw_xla_api_version(int32_t part) {
  return part == 0 ? XLA_FFI_API_MAJOR : XLA_FFI_API_MINOR;
}

XLA_FFI_DEFINE_HANDLER_SYMBOL(gw_xla_forward, forward,
                              inputs()
                                  .Ret<Floats>() /* hidden */
                                  .Ret<Floats>() /* gates */
                                  .Ret<Floats>() /* cells */
                                  .Ret<Floats>() /* h_last */
                                  .Ret<Floats>() /* c_last */
                                  .Attr<int32_t>("cell")
                                  .Attr<int32_t>("fill")
                                  .Attr<int32_t>("reverse")
                                  .Attr<int32_t>("threads"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(gw_xla_backward, backward,
                              inputs()
                                  .Arg<Floats>() /* hidden */
                                  .Arg<Floats>() /* gates */
                                  .Arg<Floats>() /* cells */
                                  .Arg<Floats>() /* d_hidden */
                                  .Arg<Floats>() /* d_h_last */
                                  .Arg<Floats>() /* d_c_last */
                                  .Ret<Floats>() /* d_x */
                                  .Ret<Floats>() /* d_kernel */
                                  .Ret<Floats>() /* d_recurrent */
                                  .Ret<Floats>() /* d_bias */
                                  .Ret<Floats>() /* d_h0 */
                                  .Ret<Floats>() /* d_c0 */
                                  .Attr<int32_t>("cell")
                                  .Attr<int32_t>("fill")
                                  .Attr<int32_t>("reverse")
                                  .Attr<int32_t>("threads"));
