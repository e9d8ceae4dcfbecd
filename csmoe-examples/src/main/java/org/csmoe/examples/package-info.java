/**
 * The {@code csmoe} command; each sub-command is an example of the API. Begin with {@code Csmoe}.
 */
@NullMarked
package org.csmoe.examples;

import org.jspecify.annotations.NullMarked;
