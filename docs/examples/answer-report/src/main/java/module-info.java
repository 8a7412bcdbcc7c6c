/** Not needed on the class path; on the module path it saves the flag for the vector module. */
module org.example.report {
  requires dev.limpid.routes;
}
