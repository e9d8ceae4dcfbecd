@NullMarked
package org.csmoe.io;

import org.jspecify.annotations.NullMarked;
