package org.csmoe.raster;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;

/** Loads this module's classes anew, beside a class path without some packages. */
final class HidingLoader {
  private HidingLoader() {}

  static URLClassLoader without(String... packages) {
    URL classes = GeoTiff.class.getProtectionDomain().getCodeSource().getLocation();
    ClassLoader hiding =
        new ClassLoader(GeoTiff.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.csmoe.raster")
                || Stream.of(packages).anyMatch(name::startsWith)) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        };
    return new URLClassLoader(new URL[] {classes}, hiding);
  }
}
