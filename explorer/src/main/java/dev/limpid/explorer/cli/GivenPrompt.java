package dev.limpid.explorer.cli;

import dev.limpid.ModelSource;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.model.chat.ChatMessage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A prompt as the command line gives it, before its model is known. */
sealed interface GivenPrompt {
  /** Returns it as a model sees it. */
  Prompt cut(ModelSource source) throws IOException, QuestionException;

  /** Returns it to be looked at: it may be too long to be run. */
  Prompt cutToLookAt(ModelSource source) throws IOException, QuestionException;

  /**
   * A text for the model's tokenizer.
   *
   * @param text verbatim
   * @param bos whether a BOS goes in front; empty: as the model's family does it
   */
  record Text(String text, Optional<Boolean> bos) implements GivenPrompt {
    @Override
    public Prompt cut(ModelSource source) throws IOException, QuestionException {
      return source.prompt(text, bos);
    }

    @Override
    public Prompt cutToLookAt(ModelSource source) throws IOException, QuestionException {
      return source.cut(text, bos);
    }
  }

  /**
   * A conversation for the model's chat template.
   *
   * @param messages in order
   */
  record Chat(List<ChatMessage> messages) implements GivenPrompt {
    @Override
    public Prompt cut(ModelSource source) throws IOException, QuestionException {
      return source.chat(messages);
    }

    @Override
    public Prompt cutToLookAt(ModelSource source) throws IOException, QuestionException {
      return cut(source);
    }
  }

  /** Ids, complete as they are: no BOS is added. */
  record Tokens(List<Integer> ids) implements GivenPrompt {
    @Override
    public Prompt cut(ModelSource source) throws IOException, QuestionException {
      return source.prompt(ids);
    }

    @Override
    public Prompt cutToLookAt(ModelSource source) throws IOException, QuestionException {
      return cut(source);
    }
  }
}
