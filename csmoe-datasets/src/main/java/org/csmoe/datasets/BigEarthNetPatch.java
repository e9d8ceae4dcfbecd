package org.csmoe.datasets;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.data.Target;

/**
 * A row of BigEarthNet v2's table.
 *
 * @param id the Sentinel-2 patch, such as {@code
 *     S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57}
 * @param s1Name the Sentinel-1 patch of the same place, such as {@code
 *     S1A_IW_GRDH_1SDV_20170613T165043_33UUP_26_57}, when the table has it
 * @param labels indices into {@link BigEarthNetMetadata#CLASSES}
 * @param split what it is for
 * @param country in English
 */
public record BigEarthNetPatch(
    String id, Optional<String> s1Name, Target.Classes labels, DatasetSplit split, String country) {

  /** What the name of a Sentinel-2 patch looks like. */
  static final String ID = "S2[A-D]_MSIL2A_\\d{8}T\\d{6}_N\\d{4}_R\\d{3}_T\\w{5}_\\d{2}_\\d{2}";

  /** What the name of a Sentinel-1 patch looks like. */
  static final String S1_NAME =
      "S1[A-D]_\\w{2}_\\w{4}_\\w{4}_\\d{8}T\\d{6}_\\w{5}_\\d{1,3}_\\d{1,3}";

  private static final Pattern ID_PATTERN = Pattern.compile(ID);
  private static final Pattern S1_PATTERN = Pattern.compile(S1_NAME);
  private static final int MONTH_START = "S2A_MSIL2A_yyyy".length();

  /**
   * Checks the names, of which file names are made.
   *
   * @throws IllegalArgumentException when a name is not of BigEarthNet v2's form or its month is
   *     none
   */
  public BigEarthNetPatch {
    require("id", id, ID_PATTERN);
    s1Name.ifPresent(name -> require("s1Name", name, S1_PATTERN));
    int month = Integer.parseInt(id.substring(MONTH_START, MONTH_START + 2));
    if (month < 1 || month > 12) {
      throw new IllegalArgumentException("id must have a month of 1..12 but was " + id);
    }
  }

  private static void require(String name, String value, Pattern pattern) {
    Matcher matcher = pattern.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s must look like %s but was \"%s\"".formatted(name, pattern, value));
    }
  }

  /**
   * The month in which Sentinel-2 took the image.
   *
   * @return from 1 to 12
   */
  public int month() {
    return Integer.parseInt(id.substring(MONTH_START, MONTH_START + 2));
  }

  /** The folder of the tile: the name without the patch's row and column. */
  String tile() {
    return withoutEnd(id, 2);
  }

  /** The folder of a Sentinel-1 scene: the name without the tile, the row and the column. */
  static String s1Scene(String s1Name) {
    return withoutEnd(s1Name, 3);
  }

  private static String withoutEnd(String name, int parts) {
    String rest = name;
    for (int i = 0; i < parts; i++) {
      rest = rest.substring(0, rest.lastIndexOf('_'));
    }
    return rest;
  }
}
