/**
 * Downloads models from the Hugging Face hub, or a server that speaks like it.
 *
 * <p>Start with {@link dev.limpid.hub.ModelPull}, which decides what to fetch; {@code FileDownload}
 * fetches one file, resumes and checks it; {@code HubClient} speaks HTTP.
 */
@NullMarked
package dev.limpid.hub;

import org.jspecify.annotations.NullMarked;
