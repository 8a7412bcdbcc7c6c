// What this machine can do at most: fused multiply-adds in registers, and reading memory in order, on one thread and on two.
//
//   gcc -O2 -mavx512f -o /tmp/limits benchmarks/peers/limits.c -lpthread && /tmp/limits
//
// Needs a processor with AVX-512. Prints the best of five runs.
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FLOATS = 1 << 27, STEPS = 1 << 25, SUMS = 16, LANES = 16 };

static float *memory;
static volatile float sink;

typedef struct {
  size_t from, to;
} Part;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *multiply(void *part) {
  (void)part;
  __m512 sums[SUMS], x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(0.001f);
  for (int i = 0; i < SUMS; i++) sums[i] = _mm512_set1_ps(i);
  for (int step = 0; step < STEPS; step++) {
#pragma GCC unroll 16
    for (int i = 0; i < SUMS; i++) sums[i] = _mm512_fmadd_ps(sums[i], x, y);
  }
  for (int i = 1; i < SUMS; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  sink = _mm512_reduce_add_ps(sums[0]);
  return NULL;
}

static void *read_memory(void *argument) {
  Part *part = argument;
  __m512 sums[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
  for (size_t i = part->from; i < part->to; i += 4 * LANES) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) sums[j] = _mm512_add_ps(sums[j], _mm512_loadu_ps(memory + i + j * LANES));
  }
  sink = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
  return NULL;
}

static double best(void *(*work)(void *), int threads) {
  double best = 1e9;
  for (int round = 0; round < 5; round++) {
    Part parts[2] = {{0, FLOATS / threads}, {FLOATS / 2, FLOATS}};
    pthread_t other;
    double began = now();
    if (threads == 2) pthread_create(&other, NULL, work, &parts[1]);
    work(&parts[0]);
    if (threads == 2) pthread_join(other, NULL);
    double took = now() - began;
    if (took < best) best = took;
  }
  return best;
}

int main(void) {
  memory = malloc(sizeof(float) * FLOATS);
  if (memory == NULL) return 1;
  for (size_t i = 0; i < FLOATS; i++) memory[i] = 1;
  for (int threads = 1; threads <= 2; threads++) {
    double flops = 2.0 * LANES * SUMS * STEPS * threads / best(multiply, threads);
    double bytes = sizeof(float) * (double)FLOATS / best(read_memory, threads);
    printf("%d thread%s: %.0f GFLOP/s, reading %.1f GB/s\n", threads, threads == 1 ? "" : "s", flops / 1e9, bytes / 1e9);
  }
}
