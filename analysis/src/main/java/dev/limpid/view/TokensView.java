package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * The document of {@code limpid tokens}.
 *
 * @param tokenizer the file that cut them, with its SHA-256; {@code none} where ids were given and
 *     there is no tokenizer
 */
@JsonTypeName("limpid/tokens/1")
public record TokensView(ModelView model, List<TokenView> tokens, String tokenizer)
    implements Document {}
