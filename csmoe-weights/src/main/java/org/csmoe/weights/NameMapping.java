package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.io.Failures;

/**
 * Maps the tensor names of a checkpoint to those the model expects: first the prefixes of training
 * frameworks go, repeatedly ({@code model.backbone.cls_token} becomes {@code cls_token}), then the
 * user's rules apply in their order, each to every place where its pattern matches.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class NameMapping {
  private static final List<String> PREFIXES =
      List.of("backbone.", "model.", "module.", "_orig_mod.");
  private static final int MAX_RULES = 1000;

  /**
   * A rule of the user's table.
   *
   * @param pattern a {@link java.util.regex.Pattern}, matched anywhere in the name unless anchored
   *     with {@code ^} and {@code $}; at most 1000 characters
   * @param replacement what takes the place of each match, with groups as {@code $1}
   */
  public record Rename(String pattern, String replacement) {}

  private final List<CompiledRename> rules;

  private NameMapping(List<CompiledRename> rules) {
    this.rules = rules;
  }

  /**
   * The mapping that only strips prefixes.
   *
   * @return a mapping without rules
   */
  public static NameMapping standard() {
    return new NameMapping(List.of());
  }

  /**
   * A mapping with rules that apply after the prefixes are stripped.
   *
   * @param rules at most 1000, in their order
   * @return the mapping
   * @throws WeightFormatException when a pattern is no regular expression, or there are too many
   */
  public static NameMapping of(List<Rename> rules) {
    if (rules.size() > MAX_RULES) {
      throw new WeightFormatException(
          "Rename table: found %d rules; expected at most %d".formatted(rules.size(), MAX_RULES));
    }
    return new NameMapping(rules.stream().map(CompiledRename::new).toList());
  }

  /**
   * Reads a rename table: a JSON array of {@code {"pattern": ..., "replacement": ...}}.
   *
   * @param path the file
   * @return the mapping
   * @throws java.io.UncheckedIOException when the file cannot be read
   * @throws WeightFormatException when it is no such table or a pattern is no regular expression
   */
  public static NameMapping read(Path path) {
    try {
      List<Rename> rules =
          Json.MAPPER.readValue(Files.readAllBytes(path), new TypeReference<List<Rename>>() {});
      for (Rename rule : rules) {
        if (rule == null || rule.pattern() == null || rule.replacement() == null) {
          throw new WeightFormatException(
              "%s: found %s; expected pattern and replacement in every rule".formatted(path, rule));
        }
      }
      return of(rules);
    } catch (JsonProcessingException e) {
      throw new WeightFormatException(
          "%s: found %s; expected an array of {\"pattern\": ..., \"replacement\": ...}"
              .formatted(path, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw Failures.of(path, "the table of names cannot be read", e);
    }
  }

  /**
   * Maps the names of one checkpoint.
   *
   * @param names the names in the file
   * @return an immutable map from mapped name to name in the file, in the order of the file
   * @throws WeightFormatException when two names map to one, or a rule cannot be applied
   */
  public Map<String, String> map(Collection<String> names) {
    Map<String, String> mapped = new LinkedHashMap<>();
    for (String name : names) {
      String renamed = strip(name);
      for (CompiledRename rule : rules) {
        renamed = rule.apply(renamed);
      }
      String other = mapped.put(renamed, name);
      if (other != null) {
        throw new WeightFormatException(
            "Tensors %s and %s: found one name %s for both; expected different names; a rename"
                    .formatted(
                        WeightFile.quote(other), WeightFile.quote(name), WeightFile.quote(renamed))
                + " rule sees names after prefixes such as backbone. and model. are stripped");
      }
    }
    return Collections.unmodifiableMap(mapped);
  }

  private static String strip(String name) {
    int start = 0;
    boolean stripped = true;
    while (stripped) {
      stripped = false;
      for (String prefix : PREFIXES) {
        if (name.startsWith(prefix, start) && name.length() > start + prefix.length()) {
          start += prefix.length();
          stripped = true;
        }
      }
    }
    return name.substring(start);
  }
}
