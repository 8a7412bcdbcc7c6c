// sum = a + b, and what LOOKS asks for.
kernel void add(SUM, long n LOOK_ARGS LOOK_BESIDE_ARGS) {
  long i = get_global_id(0);
  if (i < n) {
    WRITE_SUM(i)
    LOOK_AT(i)
  }
  LOOK_BESIDE
}
