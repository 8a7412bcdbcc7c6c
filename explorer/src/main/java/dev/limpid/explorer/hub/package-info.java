/**
 * Downloads models from the Hugging Face hub, or a server that speaks like it.
 *
 * <p>Start with {@link dev.limpid.explorer.hub.ModelPull}, which decides what to fetch; {@code
 * FileDownload} fetches one file, resumes and checks it; {@code HubClient} speaks HTTP.
 */
@NullMarked
package dev.limpid.explorer.hub;

import org.jspecify.annotations.NullMarked;
