package org.csmoe.model.internal;

import java.util.Locale;
import java.util.Optional;
import org.csmoe.Backend;
import org.csmoe.CsMoeException;
import org.csmoe.Precision;
import org.csmoe.compiler.internal.GraphCompiler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses what runs the network: what the builder asks for, else what the system property {@value
 * #PROPERTY} names, else the compiled plan where oneDNN can be loaded and SameDiff's session
 * elsewhere.
 */
public final class Executors {
  public static final String PROPERTY = "csmoe.backend";

  private static final Logger LOG = LoggerFactory.getLogger(Executors.class);

  private Executors() {}

  public static GraphExecutor choose(Backend asked, int threads) {
    return choose(asked, threads, Precision.F32);
  }

  static GraphExecutor choose(Backend asked, int threads, Precision precision) {
    return choose(
        asked,
        new Cores(threads),
        System.getProperty(PROPERTY, ""),
        GraphCompiler.problem(),
        precision);
  }

  static GraphExecutor choose(
      Backend asked, Cores cores, String property, Optional<String> problem, Precision precision) {
    Backend wanted = asked == Backend.AUTO && !property.isEmpty() ? parse(property) : asked;
    if (wanted == Backend.ONEDNN && problem.isPresent()) {
      throw new CsMoeException(
          ("backend ONEDNN cannot be used: %s. Add org.bytedeco:dnnl:2.5.2-1.5.7 and"
                  + " org.bytedeco:opencl:3.0-1.5.7 with the classifier of this platform (x86-64"
                  + " only), or use AUTO")
              .formatted(problem.get()));
    }
    if (wanted == Backend.SAMEDIFF || problem.isPresent()) {
      if (precision == Precision.BF16) {
        throw new CsMoeException(
            "precision BF16 needs backend ONEDNN, but %s; use F32"
                .formatted(
                    problem
                        .map(reason -> "oneDNN cannot be loaded (" + reason + ")")
                        .orElse("SAMEDIFF was asked for")));
      }
      LOG.info(
          "SameDiff's session runs the network: {}",
          wanted == Backend.SAMEDIFF
              ? "asked for"
              : "oneDNN, which is faster, cannot be loaded (" + problem.orElse("") + ")");
      return new SameDiffExecutor(cores);
    }
    LOG.info(
        "oneDNN runs the network as a compiled plan on {} threads; -D{}=samediff turns it off",
        cores.threads(),
        PROPERTY);
    if (precision == Precision.BF16 && !GraphCompiler.multipliesBf16()) {
      LOG.warn(
          "this processor has no BF16 products (AVX512-BF16 or AMX): weights take half the memory,"
              + " but every run widens them to floats, which is much slower than precision F32");
    }
    return new CompiledExecutor(cores);
  }

  private static Backend parse(String property) {
    try {
      return Backend.valueOf(property.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "system property %s must be auto, samediff or onednn but was %s"
              .formatted(PROPERTY, property),
          e);
    }
  }
}
