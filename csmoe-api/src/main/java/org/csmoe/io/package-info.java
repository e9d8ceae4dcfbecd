/** Files that appear whole or not at all. Read {@link org.csmoe.io.AtomicFile}. */
@NullMarked
package org.csmoe.io;

import org.jspecify.annotations.NullMarked;
