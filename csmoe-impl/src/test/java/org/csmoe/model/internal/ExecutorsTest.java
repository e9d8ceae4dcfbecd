package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.csmoe.Backend;
import org.csmoe.CsMoeException;
import org.csmoe.Precision;
import org.junit.jupiter.api.Test;

class ExecutorsTest {
  private static final Optional<String> NO_BINARY = Optional.of("no jnidnnl");
  private static final Cores ALL = new Cores(0);

  @Test
  void thePlanIsChosenWhereItRuns() {
    assertThat(Executors.choose(Backend.AUTO, ALL, "", Optional.empty(), Precision.F32))
        .isInstanceOf(CompiledExecutor.class);
    assertThat(Executors.choose(Backend.ONEDNN, ALL, "samediff", Optional.empty(), Precision.F32))
        .isInstanceOf(CompiledExecutor.class);
  }

  @Test
  void theSessionIsChosenElsewhereOrWhenAskedFor() {
    assertThat(Executors.choose(Backend.AUTO, ALL, "", NO_BINARY, Precision.F32))
        .isInstanceOf(SameDiffExecutor.class);
    assertThat(Executors.choose(Backend.SAMEDIFF, ALL, "", Optional.empty(), Precision.F32))
        .isInstanceOf(SameDiffExecutor.class);
    assertThat(Executors.choose(Backend.AUTO, ALL, "SameDiff", Optional.empty(), Precision.F32))
        .isInstanceOf(SameDiffExecutor.class);
  }

  @Test
  void whatCannotBeHadIsNamed() {
    assertThatThrownBy(() -> Executors.choose(Backend.ONEDNN, ALL, "", NO_BINARY, Precision.F32))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("no jnidnnl")
        .hasMessageContaining("org.bytedeco:dnnl");
    assertThatThrownBy(() -> Executors.choose(Backend.AUTO, ALL, "", NO_BINARY, Precision.BF16))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("BF16 needs backend ONEDNN")
        .hasMessageContaining("no jnidnnl");
    assertThatThrownBy(
            () -> Executors.choose(Backend.SAMEDIFF, ALL, "", Optional.empty(), Precision.BF16))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("SAMEDIFF was asked for");
    assertThatThrownBy(
            () -> Executors.choose(Backend.AUTO, ALL, "cuda", Optional.empty(), Precision.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("csmoe.backend")
        .hasMessageContaining("cuda");
  }
}
