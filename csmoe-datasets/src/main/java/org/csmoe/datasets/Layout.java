package org.csmoe.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.csmoe.CsMoeException;

/** How a data set lies on disk. Layouts are told apart by names of files and folders alone. */
public enum Layout {
  /** What {@code csmoe patches} wrote: shards of Sentinel-1/2 patches. */
  PATCH_SHARDS("settings.json and shard-00000.safetensors, as csmoe patches writes them"),
  /** TerraMesh: one TIFF per place and modality, of the same name. Share-alike. */
  TERRAMESH("S2L2A/*.tif and S1RTC/*.tif of the same names (TerraMesh)"),
  /** Major TOM Core, Sentinel-2 only. Share-alike. */
  MAJOR_TOM_CORE("S2L2A/199U/199U_1099R/<product>/B02.tif (Major TOM Core)"),
  /** BigEarthNet v2 as it is published, with its table. */
  BIGEARTHNET(
      "BigEarthNet-S2/<tile>/<patch>/<patch>_B02.tif and metadata.parquet (BigEarthNet v2)"),
  /** BigEarthNet v2, all bands of both sensors in one folder per patch. */
  BIGEARTHNET_FOLDERS("<patch>/<patch>_B02.tif and <patch>/<patch>_VV.tif (BigEarthNet v2)"),
  /** BigEarthNet v2 as GEO-Bench 2 stacks it: Sentinel-1 in the order VH, VV. */
  BIGEARTHNET_STACKED("<patch>_s1.tif and <patch>_s2.tif (BigEarthNet v2, stacked)"),
  /** BigEarthNet v2 in an LMDB, as rico-hdl writes it. */
  BIGEARTHNET_LMDB("data.mdb of safetensors by patch name (BigEarthNet v2 by rico-hdl)"),
  /** SSL4EO-S12: dated scenes of both sensors per place. */
  SSL4EO_S12("s1/<place>/<scene>/VV.tif and s2a/<place>/<scene>/B2.tif (SSL4EO-S12)"),
  /** Sen1Floods11: chips with a hand-drawn mask of water. */
  SEN1FLOODS11("<chip>_S1Hand.tif, <chip>_S2Hand.tif, <chip>_LabelHand.tif (Sen1Floods11)"),
  /** EuroSAT as JPEG: three bands, scaled. */
  EUROSAT_RGB("images/<class>/*.jpg and labels.csv, or <class>/*.jpg (EuroSAT RGB)"),
  /** EuroSAT with 13 bands. */
  EUROSAT_MS("<class>/*.tif of 13 bands, B8A last (EuroSAT MS)");

  private static final Pattern GRID_ROW = Pattern.compile("\\d{1,9}[UD]");

  private final String files;

  Layout(String files) {
    this.files = files;
  }

  /**
   * Recognises the layout of a folder.
   *
   * @param folder the folder
   * @return its layout
   * @throws CsMoeException when it is of no known layout; the message lists those and what was
   *     found
   */
  public static Layout of(Path folder) {
    for (Layout layout : values()) {
      if (layout.matches(folder)) {
        return layout;
      }
    }
    throw new CsMoeException(
        "%s: found %s, expected one of these layouts:%n%s"
            .formatted(
                folder,
                content(folder),
                Arrays.stream(values())
                    .map(layout -> "  %s: %s".formatted(layout, layout.files))
                    .collect(Collectors.joining(System.lineSeparator()))));
  }

  /**
   * What the layout looks like.
   *
   * @return names of files and folders, for messages
   */
  public String files() {
    return files;
  }

  boolean isBigEarthNet() {
    return switch (this) {
      case BIGEARTHNET, BIGEARTHNET_FOLDERS, BIGEARTHNET_STACKED, BIGEARTHNET_LMDB -> true;
      default -> false;
    };
  }

  private boolean matches(Path folder) {
    return switch (this) {
      case PATCH_SHARDS ->
          Files.exists(folder.resolve("settings.json"))
              && (Files.exists(folder.resolve("index.jsonl"))
                  || has(folder, "shard-\\d+\\.safetensors"));
      case TERRAMESH -> has(folder.resolve(TerraMesh.S2), ".+\\.tif");
      case MAJOR_TOM_CORE -> FolderListing.hasFolder(folder.resolve(MajorTomCore.S2), GRID_ROW);
      case BIGEARTHNET -> Files.isDirectory(folder.resolve(BigEarthNetFiles.S2));
      case BIGEARTHNET_FOLDERS ->
          FolderListing.hasFolder(folder, Pattern.compile(BigEarthNetPatch.ID));
      case BIGEARTHNET_STACKED -> has(folder, BigEarthNetPatch.ID + "_s[12]\\.tif");
      case BIGEARTHNET_LMDB -> Files.exists(folder.resolve(LmdbFile.DATA));
      case SSL4EO_S12 ->
          Files.isDirectory(folder.resolve(Ssl4Eo.S1))
              && Files.isDirectory(folder.resolve(Ssl4Eo.S2));
      case SEN1FLOODS11 ->
          has(folder, ".+_S2Hand\\.tif") || has(folder.resolve("S2Hand"), ".+_S2Hand\\.tif");
      case EUROSAT_RGB -> EuroSat.hasImages(folder, EuroSat.JPEG);
      case EUROSAT_MS -> EuroSat.hasImages(folder, EuroSat.TIFF);
    };
  }

  private static boolean has(Path folder, String name) {
    Pattern pattern = Pattern.compile(name);
    return FolderListing.files(folder, "").stream()
        .anyMatch(file -> pattern.matcher(file).matches());
  }

  private static String content(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Files.exists(folder) ? "a file" : "nothing";
    }
    List<String> folders = FolderListing.folders(folder);
    List<String> files = FolderListing.files(folder, "");
    return "folders %s and files %s".formatted(first(folders), first(files));
  }

  private static String first(List<String> names) {
    int shown = Math.min(names.size(), 8);
    String rest = names.size() > shown ? " and %d more".formatted(names.size() - shown) : "";
    return names.subList(0, shown) + rest;
  }
}
