package org.csmoe.compiler.internal;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** One step of a plan. Kernels of a plan run one after the other on one thread. */
interface Kernel extends AutoCloseable {

  /** What it does, with shapes, for {@link Plan#explain()}. */
  String describe();

  /** What it reads. */
  List<View> reads();

  /** What it writes. */
  View writes();

  /** Makes it ready to run on an arena; called once. */
  void bind(FloatPointer arena);

  void run();

  @Override
  void close();
}
