package org.csmoe.compiler.internal;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** One kernel of a plan: what is done to which views. Immutable, and shared by all executions. */
interface Kernel extends AutoCloseable {

  /** What it does, with shapes, for {@link Plan#explain()}. */
  String describe();

  /** What it reads. */
  List<View> reads();

  /** What it writes, working memory included. */
  List<View> writes();

  /** Makes a step that runs the kernel on an arena. */
  Step bind(FloatPointer arena);

  @Override
  void close();

  /** A kernel on one arena. The steps of an execution run one after the other on one thread. */
  interface Step extends AutoCloseable {
    void run();

    @Override
    void close();
  }
}
