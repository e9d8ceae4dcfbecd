/**
 * Sensors, their bands by name, and images as bands of pixels. Read {@link
 * org.csmoe.sensor.SensorImage} first.
 */
@NullMarked
package org.csmoe.sensor;

import org.jspecify.annotations.NullMarked;
