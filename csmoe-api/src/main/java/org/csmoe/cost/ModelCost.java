package org.csmoe.cost;

import org.csmoe.CsMoeConfig;
import org.csmoe.sensor.Sensor;

/**
 * What one image costs.
 *
 * @param name the model
 * @param parameters parameters of one sensor's path
 * @param macs multiply-accumulates of all products, attention included
 * @param flops floating-point operations by fvcore's rule, as published
 */
public record ModelCost(String name, long parameters, long macs, long flops) {

  /**
   * The cost of a configuration.
   *
   * @param config the configuration
   * @param sensor the sensor whose path is counted
   * @return the cost
   */
  public static ModelCost of(CsMoeConfig config, Sensor sensor) {
    return new ModelCost(config.toString() + sensor, 0, 0, 0);
  }
}
