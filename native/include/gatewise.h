/* The C interface of Gatewise's native core: the whole of it.
 *
 * One call runs a recurrent layer over a whole batch of sequences, forward or backward: the input
 * product, the time loop and the weight gradients. Letters: B batch, T time steps, I input
 * features, U units, G gates of a cell (4 LSTM, 3 GRU, 1 simple), D directions (1 or 2).
 *
 * Arrays are float32, row-major, dense, owned by the caller, and must not overlap. "or NULL" marks
 * what may be left out. Order of gates: Keras's, i f c o and z r h. The order of steps in time is
 * t = 0..T-1; a direction that runs backwards takes them from T-1 to 0.
 */
#ifndef GATEWISE_H
#define GATEWISE_H

#include <stdint.h>

#if defined(__GNUC__)
#define GW_API __attribute__((visibility("default")))
#else
#define GW_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised by one with every change of gw_call or of what a function means. */
#define GW_ABI 2

enum gw_cell {
  GW_LSTM = 0,
  GW_GRU = 1,              /* reset after the product with R_h, a bias of its own inside */
  GW_GRU_RESET_BEFORE = 2, /* reset before it */
  GW_RNN_TANH = 3,
  GW_RNN_RELU = 4
};

/* What `hidden` holds at a masked step. */
enum gw_fill {
  GW_FILL_HOLD = 0,      /* the previous output; the initial state before the first real step */
  GW_FILL_HOLD_ZERO = 1, /* the previous output; zeros before the first real step */
  GW_FILL_ZERO = 2,      /* zeros */
  GW_FILL_NONE = 3,      /* nothing is written there, and d_hidden is not read there */
  GW_FILL_HOLD_ALL = 4   /* as GW_FILL_HOLD, and there `gates` are zeros and so are `cells`, but
                            for the LSTM's, the previous cell state; forward only */
};

enum gw_status {
  GW_OK = 0,
  GW_BAD_ARGUMENT = 1, /* a size or enum out of range, an array missing that is needed */
  GW_NO_MEMORY = 2,    /* the scratch could not be had, or its size would overflow */
  GW_BAD_ISA = 3       /* an instruction set this library or this processor lacks */
};

typedef struct gw_call {
  int32_t cell;    /* enum gw_cell */
  int32_t fill;    /* enum gw_fill */
  int32_t reverse; /* D = 1: the steps are taken backwards, and `hidden`, `gates` and `cells` are
                      in the order in which they were taken. With D = 2 direction 1 runs
                      backwards, all arrays are in the order of time, and this must be 0. */
  int32_t threads; /* at most this many; 0: as gw_set_threads said */
  int64_t D, B, T, I, U;

  /* Read by both passes. */
  const float *x;         /* [B,T,I] */
  const float *kernel;    /* [D,I,G*U] */
  const float *recurrent; /* [D,U,G*U] */
  const float *bias;      /* [D,G*U], for GW_GRU [D,2,G*U] (input's, then recurrent); or NULL */
  const uint8_t *mask;    /* [B,T], nonzero where a step is real; NULL: all are */
  const float *h0, *c0;   /* [D,B,U]; NULL: zeros. c0: LSTM only */
  const float *recurrent_dropout; /* [D,G,B,U], what h is multiplied by before each gate's
                                     product; or NULL */

  /* Written by the forward pass, read by the backward pass.
   * At a masked step `gates` and `cells` are not read, and written only as GW_FILL_HOLD_ALL says. */
  float *hidden; /* [B,T,D,U]; NULL: not wanted (forward only) */
  float *gates;  /* [D,B,T,G*U] activated gates; NULL: not wanted (forward only). Unused and NULL
                    for the simple cell, whose gates are its hidden states */
  float *cells;  /* [D,B,T,U] LSTM: the cell state c; GW_GRU: h*R_h + b_Rh, what the reset gate
                    multiplies; NULL with gates, and for the other cells */
  float *h_last, *c_last; /* [D,B,U]; forward only; c_last: LSTM only; or NULL */

  /* Read by the backward pass: gradients of what the forward pass gave; NULL: zero. */
  const float *d_hidden;            /* [B,T,D,U] */
  const float *d_h_last, *d_c_last; /* [D,B,U] */

  /* Written by the backward pass; NULL: not wanted. */
  float *d_x;         /* [B,T,I], summed over directions; zeros at masked steps */
  float *d_kernel;    /* [D,I,G*U] */
  float *d_recurrent; /* [D,U,G*U] */
  float *d_bias;      /* as bias */
  float *d_h0, *d_c0; /* [D,B,U] */
} gw_call;

/* Run a layer forward, or backward. Returns an enum gw_status; with anything but GW_OK the
 * outputs are undefined. Safe to call from several threads at once. Scratch is the library's. The
 * results are the same bits whatever the load of the machine, given the number of threads. */
GW_API int32_t gw_forward(const gw_call *call);
GW_API int32_t gw_backward(const gw_call *call);

/* One step of one row (B = T = D = 1) from weights packed before, for streams.
 * gw_pack_size: bytes of the packed weights, 0 for sizes it refuses. gw_pack: `packed` must be
 * aligned to 64 bytes; the instruction set chosen at that moment takes all its steps.
 * gw_step: x [I]; h [U] and c [U] (LSTM, else NULL) are read and then overwritten; `packed` is
 * its room to work in, so two steps at once need two copies. Weights too large for one processor's
 * cache are shared with a second thread if one is awake. */
GW_API int64_t gw_pack_size(int32_t cell, int64_t I, int64_t U);
GW_API int32_t gw_pack(int32_t cell, int64_t I, int64_t U, const float *kernel,
                       const float *recurrent, const float *bias, float *packed);
GW_API int32_t gw_step(int32_t cell, int64_t I, int64_t U, float *packed, const float *x, float *h,
                       float *c);

/* C = A·B with the kernel that the layers use; A [M,K], B [K,N], C [M,N]. For tests and to
 * measure what the machine gives. */
GW_API int32_t gw_matmul(int64_t M, int64_t K, int64_t N, const float *a, const float *b, float *c,
                         int32_t threads);

/* The instruction sets in this library, best first: "avx512", "avx2", "x86-64", "neon",
 * "generic". NULL past the end. */
GW_API const char *gw_isa_name(int32_t index);
/* Whether this processor and operating system run it. */
GW_API int32_t gw_isa_runs(const char *name);
/* Use it from now on; NULL or "": the best that runs. */
GW_API int32_t gw_set_isa(const char *name);
/* The one in use. */
GW_API const char *gw_isa(void);

/* How many threads a call may use that does not say, at least 1; at first the number of processors
 * this process may run on. */
GW_API void gw_set_threads(int32_t threads);
GW_API int32_t gw_threads(void);

/* Take threads from the OpenMP runtime that has these functions (GOMP_parallel, omp_in_parallel,
 * omp_get_dynamic, omp_get_thread_limit) instead of starting any: beside a framework whose own
 * OpenMP threads spin after their work, others would only get half a processor. Once in a process;
 * in its children again the library's own. */
GW_API void gw_borrow_openmp(void *parallel, void *in_parallel, void *get_dynamic,
                             void *get_thread_limit);

/* How many calls of gw_forward (0), gw_backward (1), gw_step (2) ended well in this process. */
GW_API uint64_t gw_count(int32_t which);
GW_API int32_t gw_abi(void);
GW_API const char *gw_message(int32_t status);

#ifdef __cplusplus
}
#endif
#endif
