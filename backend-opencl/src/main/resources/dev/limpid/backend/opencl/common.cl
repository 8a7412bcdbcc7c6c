// In front of every kernel. GROUP: the work items of a group that sums a row, a power of two.
#pragma OPENCL FP_CONTRACT OFF


// Sums what every item of a group has; the order is fixed. All items get the sum.
inline float sum_of_group(float x, local float *shared) {
  int i = get_local_id(0);
  shared[i] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int n = GROUP / 2; n > 0; n /= 2) {
    if (i < n) {
      shared[i] += shared[i + n];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  float sum = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return sum;
}

inline float largest_of_group(float x, local float *shared) {
  int i = get_local_id(0);
  shared[i] = x;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int n = GROUP / 2; n > 0; n /= 2) {
    if (i < n) {
      shared[i] = fmax(shared[i], shared[i + n]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  float largest = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return largest;
}

// Whether what key k gave query q through all heads is above a threshold, or k is q: one group for each
// query. terms [heads, T (T + 1) / 2].
inline int is_strong(global const float *terms, int heads, float threshold, int q, int k) {
  long pairs = (long)get_num_groups(0) * (get_num_groups(0) + 1) / 2;
  float sum = 0;
  for (int h = 0; h < heads; h++) {
    sum += terms[h * pairs + (long)q * (q + 1) / 2 + k];
  }
  return k == q || sum > threshold;
}

// Sets a flag where an element is NaN or infinite: whoever finds one writes the same number.
inline void look(global const float *x, long n, global float *flag) {
  long step = get_global_size(0);
  int bad = 0;
  for (long i = get_global_id(0); i < n; i += step) {
    bad |= !isfinite(x[i]);
  }
  if (bad) {
    *flag = 1;
  }
}

// Moves element `id` of x [T, heads * width] to its place in out [heads, capacity, width].
inline void move(long id, int heads, int width, int capacity, int first, global const float *x,
                 global float *out) {
  int i = id % width;
  int h = id / width % heads;
  long t = id / width / heads;
  out[((long)h * capacity + first + t) * width + i] = x[id];
}

// sum = a + b; SCALED: of a and a number times b, which is written as well.
#if defined(SCALED) && SCALED
#define SUM                                                                                        \
  global const float *a, long a0, global const float *b, long b0, float factor,                    \
      global float *times, long times0, global float *sum, long sum0
#define WRITE_SUM(i)                                                                               \
  times[times0 + (i)] = factor * b[b0 + (i)];                                                      \
  sum[sum0 + (i)] = a[a0 + (i)] + times[times0 + (i)];
#else
#define SUM                                                                                        \
  global const float *a, long a0, global const float *b, long b0, global float *sum, long sum0
#define WRITE_SUM(i) sum[sum0 + (i)] = a[a0 + (i)] + b[b0 + (i)];
#endif

// LOOKS: what is looked at for numbers that are none, behind other work. 1 is for what is written
// itself, by the items that did, and 2 for something beside it.
#if defined(LOOKS) && (LOOKS & 1)
#define LOOK_ARGS , global const float *own, long own0, global float *own_flags, long own_flag
#define LOOK_AT(i)                                                                                 \
  if (!isfinite(own[own0 + (i)])) {                                                                \
    own_flags[own_flag] = 1;                                                                       \
  }
#else
#define LOOK_ARGS
#define LOOK_AT(i)
#endif
#if defined(LOOKS) && (LOOKS & 2)
#define LOOK_BESIDE_ARGS                                                                           \
  , global const float *beside, long beside0, global float *beside_flags, long beside_flag,        \
      long beside_n
#define LOOK_BESIDE look(beside + beside0, beside_n, beside_flags + beside_flag);
#else
#define LOOK_BESIDE_ARGS
#define LOOK_BESIDE
#endif

// x between -c and c, if it is a number.
#define CUT(x, c) ((x) > (c) ? (c) : (x) < -(c) ? -(c) : (x))

// TYPE: how elements of weights are stored. 0 F32, 1 F16, 2 BF16; 3 quantised: a number of a byte
// for each, and, `pairs` bytes behind the first, for every PART of them a scale and a minimum.
#ifdef TYPE
#if TYPE == 0
#define STORED float
#define LOAD(p, i) (p)[i]
#elif TYPE == 1
#define STORED half
#define LOAD(p, i) vload_half(i, p)
#elif TYPE == 2
#define STORED ushort
#define LOAD(p, i) as_float((uint)(p)[i] << 16)
#else
#define STORED char
#define LOAD(p, i) quantised(p, i, pairs)

inline float quantised(global const char *p, long i, long pairs) {
  float2 scale = ((global const float2 *)(p + pairs))[i / PART];
  return scale.x * p[i] - scale.y;
}
#endif

// PARTS: how many weights a product has, of which every one makes a result of its own from the same
// rows. GROUPS_OF(n) groups compute n columns: those of the first weight come first. SET_STRIDE
// says how far it is from one column to the next, or from one row, whichever do not lie side by side.
#define WEIGHT(i)                                                                                  \
  , global const STORED *b##i, long first##i, long pairs##i, int stride##i,                        \
      global const float *bias##i, long bias_first##i, int has_bias##i, global float *c##i,        \
      long c_first##i, int n##i
#define NEXT(i)                                                                                    \
  if (group >= GROUPS_OF(n)) {                                                                     \
    group -= GROUPS_OF(n);                                                                         \
    b = b##i;                                                                                      \
    b0 = first##i;                                                                                 \
    pairs = pairs##i;                                                                              \
    SET_STRIDE(stride##i);                                                                         \
    bias = bias##i;                                                                                \
    bias0 = bias_first##i;                                                                         \
    has_bias = has_bias##i;                                                                        \
    c = c##i;                                                                                      \
    c0 = c_first##i;                                                                               \
    n = n##i;                                                                                      \
  }
#if PARTS == 1
#define WEIGHTS
#define CHOOSE_WEIGHT
#elif PARTS == 2
#define WEIGHTS WEIGHT(1)
#define CHOOSE_WEIGHT NEXT(1)
#elif PARTS == 3
#define WEIGHTS WEIGHT(1) WEIGHT(2)
#define CHOOSE_WEIGHT NEXT(1) NEXT(2)
#endif
#endif
