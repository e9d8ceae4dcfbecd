package org.csmoe.sampling.parquet;

/** What a column holds that a {@link ParquetWriter} writes. */
public enum ParquetType {
  /** Text in UTF-8. */
  TEXT("VARCHAR"),
  /** Numbers of 64 bits. */
  DOUBLE("DOUBLE"),
  /** Signed integers of 32 bits. */
  INT("INTEGER"),
  /** Signed integers of 64 bits. */
  LONG("BIGINT"),
  /** Bytes, for example a whole GeoTIFF or a geometry as well-known binary. */
  BYTES("BLOB");

  private final String sql;

  ParquetType(String sql) {
    this.sql = sql;
  }

  String sql() {
    return sql;
  }
}
