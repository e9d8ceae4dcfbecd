/** What an application compiles against; it needs csmoe-impl at run time. */
module org.csmoe.api {
  requires static org.jspecify;

  exports org.csmoe;
  exports org.csmoe.cost;
  exports org.csmoe.data;
  exports org.csmoe.features;
  exports org.csmoe.io;
  exports org.csmoe.sensor;
  exports org.csmoe.spi;

  uses org.csmoe.spi.CsMoeProvider;
}
