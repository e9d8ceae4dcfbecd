package org.csmoe;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a model's weights come from, and how exactly they must fit. Immutable.
 *
 * <p>Strict by default: a tensor that is missing, unexpected or of another shape is an error that
 * names it. Each {@link Adaptation} must be asked for.
 */
public final class Weights {
  /** A way to make a checkpoint's tensor fit. */
  public enum Adaptation {
    /** Select the patch embedding's bands by name out of the checkpoint's bands. */
    BANDS,
    /** Resize position embeddings to the model's grid, bicubic. */
    POSITIONS,
    /** Resample the patch embedding to the model's patch size by pseudo-inverse resize. */
    PATCH_SIZE
  }

  /** What kind of place the weights are in. */
  public sealed interface Source {}

  /** Seeded random weights of the published initialisation. */
  public record Untrained() implements Source {}

  /**
   * A file: safetensors, a sharded index, or a PyTorch zip; the content decides.
   *
   * @param path the file
   */
  public record File(Path path) implements Source {}

  /**
   * A file to download once into the cache.
   *
   * @param uri where
   * @param sha256 64 hexadecimal digits
   */
  public record Remote(URI uri, String sha256) implements Source {}

  private final Source source;
  private final Optional<Path> renameTable;
  private final Set<Adaptation> adaptations;
  private final boolean strict;

  private Weights(
      Source source, Optional<Path> renameTable, Set<Adaptation> adaptations, boolean strict) {
    this.source = source;
    this.renameTable = renameTable;
    this.adaptations = Set.copyOf(adaptations);
    this.strict = strict;
  }

  private static Weights of(Source source) {
    return new Weights(source, Optional.empty(), Set.of(), true);
  }

  /**
   * Random weights, drawn with the configuration's seed. Features of an untrained model mean
   * nothing.
   *
   * @return the source
   */
  public static Weights untrained() {
    return of(new Untrained());
  }

  /**
   * Weights of a file.
   *
   * @param path a safetensors file, a sharded {@code index.json}, or a PyTorch zip file
   * @return the source
   */
  public static Weights file(Path path) {
    return of(new File(Objects.requireNonNull(path, "path")));
  }

  /**
   * Weights to download, verified and kept in the cache directory.
   *
   * @param uri an http or https address
   * @param sha256 the file's SHA-256 in hexadecimal
   * @return the source
   */
  public static Weights url(URI uri, String sha256) {
    if (!sha256.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          "sha256 must be 64 hexadecimal digits but was \"" + sha256 + "\"");
    }
    return of(new Remote(Objects.requireNonNull(uri, "uri"), sha256));
  }

  /**
   * Names are mapped by a table before they are matched.
   *
   * @param table a JSON file of regular expressions and replacements
   * @return a copy with the table
   */
  public Weights renamedBy(Path table) {
    return new Weights(source, Optional.of(table), adaptations, strict);
  }

  /**
   * Allows an adaptation.
   *
   * @param adaptation what may be adapted
   * @return a copy that also allows it
   */
  public Weights adapting(Adaptation adaptation) {
    EnumSet<Adaptation> more = EnumSet.of(adaptation);
    more.addAll(adaptations);
    return new Weights(source, renameTable, more, strict);
  }

  /**
   * Tensors that are missing, unexpected or of another shape are reported instead of refused; a
   * missing or mismatched one keeps its untrained value.
   *
   * @return a lenient copy
   */
  public Weights lenient() {
    return new Weights(source, renameTable, adaptations, false);
  }

  /**
   * The place.
   *
   * @return where the weights come from
   */
  public Source source() {
    return source;
  }

  /**
   * The rename table.
   *
   * @return a JSON file, or empty
   */
  public Optional<Path> renameTable() {
    return renameTable;
  }

  /**
   * The adaptations allowed.
   *
   * @return an immutable set
   */
  public Set<Adaptation> adaptations() {
    return adaptations;
  }

  /**
   * Whether every tensor must fit.
   *
   * @return true unless {@link #lenient()}
   */
  public boolean strict() {
    return strict;
  }

  @Override
  public String toString() {
    return source.toString();
  }
}
