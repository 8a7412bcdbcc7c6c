/** A program that asks Limpid. */
module org.example.report {
  requires dev.limpid;
}
