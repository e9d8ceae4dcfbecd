package org.csmoe.model.internal;

import net.jqwik.api.lifecycle.BeforeProperty;
import org.csmoe.compiler.internal.GraphCompiler;
import org.opentest4j.TestAbortedException;

final class CompiledExecutorProperties extends GraphExecutorContract {
  @BeforeProperty
  void requireBinary() {
    if (GraphCompiler.problem().isPresent()) {
      throw new TestAbortedException("oneDNN cannot be loaded here");
    }
  }

  @Override
  GraphExecutor executor() {
    return new CompiledExecutor(new Cores(0));
  }
}
