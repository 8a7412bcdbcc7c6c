package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.ops.WeightLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A family's table is that of another, told apart by name. */
class WeightNamesTest {
  private static final WeightNames LLAMA = Architecture.LLAMA.names();

  @Test
  void aTableChangesByName() {
    WeightNames other = LLAMA.with(Weight.MLP_NORM, "norm2").without(Weight.GATE);
    assertThat(other.of(Weight.MLP_NORM)).isEqualTo("norm2");
    assertThat(other.has(Weight.GATE)).isFalse();
    assertThat(other.of(Weight.UP)).isEqualTo(LLAMA.of(Weight.UP));
    assertThat(LLAMA.of(Weight.MLP_NORM)).isEqualTo("post_attention_layernorm");
    assertThat(LLAMA.has(Weight.GATE)).isTrue();
    assertThat(other.with(Weight.MLP_NORM, LLAMA.of(Weight.MLP_NORM)))
        .isEqualTo(LLAMA.without(Weight.GATE));
  }

  @Test
  void aWeightThatTheFamilyDoesNotHaveIsNamed() {
    assertThatThrownBy(() -> LLAMA.of(Weight.POSITIONS)).hasMessageContaining("POSITIONS");
  }

  @Test
  void aNewTableHasTheUsualHead() {
    WeightNames none = WeightNames.ofLayers("h.%d.");
    assertThat(none.of(Weight.HEAD)).isEqualTo("lm_head");
    assertThat(none.prefixes()).containsExactly("");
    assertThat(none.layout()).isEqualTo(WeightLayout.OUT_IN);
    assertThat(Arrays.stream(Weight.values()).filter(none::has)).containsExactly(Weight.HEAD);
  }

  @Test
  void ggufHoldsTheSameWeightsUnderItsOwnNames() {
    for (Architecture family : Architecture.values()) {
      WeightNames gguf = family.names().inGguf();
      assertThat(gguf.names().keySet())
          .containsAll(family.names().without(Weight.SHARED_GATE_UP).names().keySet());
      assertThat(gguf.prefixes()).isEqualTo(List.of(""));
      assertThat(String.format(Locale.ROOT, gguf.block(), 3)).isEqualTo("blk.3.");
      assertThat(gguf.layout()).isEqualTo(WeightLayout.OUT_IN);
    }
    WeightNames gpt2 = Architecture.GPT2.names().inGguf();
    assertThat(gpt2.of(Weight.FUSED_QKV)).isEqualTo("attn_qkv");
    assertThat(gpt2.of(Weight.POSITIONS)).isEqualTo("position_embd");
    // Any file may have them apart.
    assertThat(gpt2.of(Weight.QUERY)).isEqualTo("attn_q");
    assertThat(gpt2.has(Weight.GATE)).isFalse();
    // Of the expert for all positions files have gate and up apart, whatever the family has.
    WeightNames shared = Architecture.GRANITE_MOE_SHARED.names().inGguf();
    assertThat(shared.has(Weight.SHARED_GATE_UP)).isFalse();
    assertThat(shared.of(Weight.SHARED_GATE)).isEqualTo("ffn_gate_shexp");
    assertThat(shared.of(Weight.SHARED_UP)).isEqualTo("ffn_up_shexp");
  }
}
