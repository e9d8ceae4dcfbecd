package org.csmoe.datasets;

import java.util.List;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;

/** Places as they are, one sample each. */
record WholeDataset(Places source) implements Dataset {
  @Override
  public List<String> classes() {
    return source.classes();
  }

  @Override
  public int size() {
    return source.places().size();
  }

  @Override
  public Sample get(int index) {
    return source.places().get(index).read();
  }

  @Override
  public void close() {
    source.resource().run();
  }
}
