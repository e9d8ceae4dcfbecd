package org.csmoe.compiler.internal;

import org.csmoe.CsMoeException;

/** The compiler has no rule for the gradient of an operation. */
public final class NotDifferentiableException extends CsMoeException {
  private static final long serialVersionUID = 1;

  NotDifferentiableException(String name, String kind) {
    super("cannot differentiate %s: no rule for operation %s".formatted(name, kind));
  }
}
