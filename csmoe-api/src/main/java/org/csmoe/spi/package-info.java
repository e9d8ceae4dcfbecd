/**
 * For those who implement the API: {@link org.csmoe.spi.CsMoeProvider} is found by ServiceLoader.
 */
@NullMarked
package org.csmoe.spi;

import org.jspecify.annotations.NullMarked;
