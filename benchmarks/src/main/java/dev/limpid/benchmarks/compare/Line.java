package dev.limpid.benchmarks.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** One line of the results file: seconds, medians of so many rounds. */
record Line(
    String what,
    String peer,
    int rounds,
    double ours,
    double theirs,
    double ratio,
    String goal,
    boolean reached,
    @JsonUnwrapped Machine machine) {

  static Line of(Result result, Machine machine) {
    return new Line(
        result.what(),
        result.peer(),
        result.rounds(),
        result.ours(),
        result.theirs(),
        Math.round(result.ratio() * 1000) / 1000.0,
        result.goal().toString(),
        result.goal().reached(result.ratio()),
        machine);
  }
}
