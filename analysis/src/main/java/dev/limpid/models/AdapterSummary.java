package dev.limpid.models;

import dev.limpid.model.load.lora.Adapter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What can be said of a LoRA adapter.
 *
 * @param base where the model lies that it is added to
 * @param rank r, where no pattern says otherwise
 * @param alpha what the sum is scaled by, over r or its root; where no pattern says otherwise
 * @param modules how many modules of the base it changes
 * @param parameters numbers in it
 */
public record AdapterSummary(String base, int rank, double alpha, int modules, long parameters) {

  static AdapterSummary read(Path folder, Path base) throws IOException {
    Adapter adapter = Adapter.open(folder);
    return new AdapterSummary(
        base.toAbsolutePath().normalize().toString(),
        adapter.rank(),
        adapter.alpha(),
        adapter.nModules(),
        adapter.parameters());
  }
}
