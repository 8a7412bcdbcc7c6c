// out = (u + 1) g sigmoid(alpha g), g = min(gate, limit), u = up cut off at -limit and limit.
kernel void clamped_gate(global const float *gate, long gate0, global const float *up, long up0,
                         float limit, float alpha, global float *out, long out0, long n) {
  long i = get_global_id(0);
  if (i < n) {
    float g = gate[gate0 + i];
    g = g > limit ? limit : g;
    out[out0 + i] = (CUT(up[up0 + i], limit) + 1) * g / (1 + exp(-alpha * g));
  }
}
