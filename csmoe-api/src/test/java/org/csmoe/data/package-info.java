@NullMarked
package org.csmoe.data;

import org.jspecify.annotations.NullMarked;
