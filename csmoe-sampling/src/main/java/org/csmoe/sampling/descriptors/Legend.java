package org.csmoe.sampling.descriptors;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the codes of a categorical raster mean: a name per class, and a colour where one is known.
 *
 * <p>An entry without a name, or whose name begins with "No data", stands for the absence of a
 * class. A code that is not in the legend is a class all the same; its name is {@code class 17}.
 *
 * <p>Built in are {@code koppen-geiger} (30 climates, numbered as in the maps of Beck et al. 2018
 * and 2023), {@code worldcover} (ESA WorldCover, 10 to 100) and {@code igbp} (MODIS MCD12C1, 0 to
 * 16, where 0 is water).
 *
 * <p>Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * Legend legend = Legend.read(Path.of("koppen_legend.csv"));
 * String climate = legend.name(15); // Cfb
 * }</pre>
 */
public final class Legend {
  private static final List<String> BUILT_IN = List.of("koppen-geiger", "worldcover", "igbp");

  private final String title;
  private final SortedMap<Integer, String> names;
  private final Map<Integer, Integer> colours;
  private final SortedSet<Integer> noData;
  private final boolean complete;

  Legend(
      String title,
      SortedMap<Integer, String> names,
      Map<Integer, Integer> colours,
      SortedSet<Integer> noData,
      boolean complete) {
    this.title = title;
    this.names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    this.colours = Map.copyOf(colours);
    this.noData = Collections.unmodifiableSortedSet(new TreeSet<>(noData));
    this.complete = complete;
  }

  /**
   * The Köppen-Geiger climates 1 (Af) to 30 (EF) in the numbering and colours of Beck et al.; 0 is
   * no data.
   *
   * @return the legend
   */
  public static Legend koppenGeiger() {
    return named("koppen-geiger");
  }

  /**
   * The land cover of ESA WorldCover, 10 (tree cover) to 100 (moss and lichen); 0 is no data.
   *
   * @return the legend
   */
  public static Legend worldCover() {
    return named("worldcover");
  }

  /**
   * The land cover of the International Geosphere-Biosphere Programme as in MCD12C1, 0 (water) to
   * 16 (barren).
   *
   * @return the legend
   */
  public static Legend igbp() {
    return named("igbp");
  }

  /**
   * A built-in legend.
   *
   * @param name {@code koppen-geiger}, {@code worldcover} or {@code igbp}
   * @return the legend
   * @throws IllegalArgumentException when there is none of that name
   */
  public static Legend named(String name) {
    if (!BUILT_IN.contains(name)) {
      throw new IllegalArgumentException(
          "legend must be one of %s but was %s".formatted(String.join(", ", BUILT_IN), name));
    }
    return LegendReader.resource(name);
  }

  /**
   * Reads a legend from a CSV file with a header, in UTF-8. The code is in the column {@code
   * value}, {@code zoneNum}, {@code class_id}, {@code id} or {@code code}, the name in {@code
   * name}, {@code label}, {@code class}, {@code kg_zone}, {@code code} or {@code description}, the
   * first of these that there is and has a text; a colour, if any, is in {@code r}, {@code g},
   * {@code b} (0 to 255), or in {@code rgb_hex}, {@code color} or {@code colour} (RRGGBB). Case
   * does not matter; other columns are ignored.
   *
   * @param file the file, at most 1 MiB
   * @return the legend, titled with the file's name
   * @throws org.csmoe.CsMoeException when it is not such a file, with the line; for example when a
   *     code is not in 0..32767 or comes twice
   * @throws java.io.UncheckedIOException when it cannot be read
   */
  public static Legend read(Path file) {
    return LegendReader.read(file);
  }

  /**
   * A legend that names no class and misses none: every class is called by its number. For rasters
   * whose codes need no names.
   *
   * @return the legend
   */
  public static Legend numbers() {
    return new Legend("numbers", new TreeMap<>(), Map.of(), new TreeSet<>(), true);
  }

  /**
   * The legend that belongs to a raster or folder of tiles: {@code NAME_legend.csv} or {@code
   * legend.csv} beside the raster or in the folder, else a built-in one when the file has a name
   * under which a known product is published: {@code koppen_geiger_0p*} and {@code beck*} (Beck et
   * al.), {@code ESA_WorldCover_10m_*}, or a name with {@code mcd12c1} and {@code igbp}.
   */
  static Optional<Legend> of(Path raster, List<Path> tiles) {
    return LegendReader.beside(raster, tiles);
  }

  /**
   * What the legend is called.
   *
   * @return the built-in name or the file's name
   */
  public String title() {
    return title;
  }

  /**
   * The classes.
   *
   * @return name by code, ascending; immutable
   */
  public SortedMap<Integer, String> names() {
    return names;
  }

  /**
   * The name of a class.
   *
   * @param code its code
   * @return the name, {@code class 17} when the legend has no class 17
   */
  public String name(int code) {
    String name = names.get(code);
    return name == null ? "class " + code : name;
  }

  /**
   * Whether the legend knows a class.
   *
   * @param code its code
   * @return true for every code of {@link #names()}, and for all when this is {@link #numbers()}
   */
  public boolean has(int code) {
    return complete || names.containsKey(code);
  }

  /**
   * The colour of a class.
   *
   * @param code its code
   * @return red, green and blue as 0xRRGGBB; empty when the legend gives none
   */
  public OptionalInt colour(int code) {
    Integer colour = colours.get(code);
    return colour == null ? OptionalInt.empty() : OptionalInt.of(colour);
  }

  /**
   * The codes that stand for no class.
   *
   * @return ascending; immutable
   */
  public SortedSet<Integer> noData() {
    return noData;
  }

  @Override
  public String toString() {
    return "%s with %d classes".formatted(title, names.size());
  }
}
