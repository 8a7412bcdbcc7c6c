/** Finds the golden traces and small models that lie as plain files in the testdata folder. */
@NullMarked
package dev.limpid.testdata;

import org.jspecify.annotations.NullMarked;
