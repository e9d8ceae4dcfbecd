/**
 * Compiles SameDiff graphs into plans of oneDNN kernels on one arena. Read {@link
 * org.csmoe.compiler.internal.GraphCompiler} first; not for users.
 */
@NullMarked
package org.csmoe.compiler.internal;

import org.jspecify.annotations.NullMarked;
