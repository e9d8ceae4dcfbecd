/**
 * Files that appear whole or not at all, and words for what goes wrong with them. Read {@link
 * org.csmoe.io.AtomicFile}.
 */
@NullMarked
package org.csmoe.io;

import org.jspecify.annotations.NullMarked;
