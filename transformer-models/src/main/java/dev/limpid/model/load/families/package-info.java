/**
 * How each family spells its facts in {@code config.json}: one method a family, to be read beside a
 * published file.
 *
 * <p>Start with {@link dev.limpid.model.load.families.FamilyConfigs}; the kin of Llama are in
 * {@link dev.limpid.model.load.families.LlamaConfigs}.
 */
@NullMarked
package dev.limpid.model.load.families;

import org.jspecify.annotations.NullMarked;
