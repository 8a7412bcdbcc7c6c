package dev.limpid.explorer.serve;

import dev.limpid.QuestionException;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.tensor.DeviceException;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Sends answers: whole, or as a stream of events that ends with the answer. */
final class Answers {
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Consumer<Throwable> failures;

  /**
   * Prepares for answers.
   *
   * @param failures hears of what should not have happened
   */
  Answers(Consumer<Throwable> failures) {
    this.failures = failures;
  }

  /** Answers a request. */
  void answer(Endpoint endpoint, Context context, int maxBody) {
    try {
      Exchange exchange = new Exchange(context, endpoint.operation(), maxBody);
      switch (endpoint.reply(exchange)) {
        case Reply.Ready ready when exchange.wantsEvents() -> {
          OutputStream out = stream(context);
          write(out, queued(0));
          write(out, Event.line("result", ready.content().bytes()));
        }
        case Reply.Ready ready -> whole(context, ready.content());
        case Reply.Asked asked -> {
          try (Lane.Ticket ticket = asked.lane().take(asked.question(), asked.work())) {
            if (exchange.wantsEvents()) {
              events(context, ticket, endpoint.operation());
            } else {
              await(context, ticket, endpoint.operation());
            }
          }
        }
      }
    } catch (LeftException e) {
      // Nobody is there to be told.
    } catch (InterruptedException e) {
      refuse(context, closing());
    } catch (Exception | Error e) {
      refuse(context, refusal(e, endpoint.operation()));
    }
  }

  /** Sends a refusal, where nothing has been sent yet. */
  static void refuse(Context context, Refusal refusal) {
    context.status(refusal.code().status());
    if (refusal.code() == Refusal.Code.BUSY) {
      context.header("Retry-After", "1");
    }
    whole(context, Content.json(ErrorDocument.bytes(refusal)));
  }

  private static void whole(Context context, Content content) {
    context.contentType(content.type());
    context.header("Cache-Control", Headers.NOT_KEPT);
    content
        .file()
        .ifPresent(
            name -> context.header("Content-Disposition", "attachment; filename=\"" + name + "\""));
    context.header("Content-Length", Integer.toString(content.bytes().length));
    context.result(content.bytes());
  }

  private void await(Context context, Lane.Ticket ticket, Operation operation)
      throws InterruptedException {
    long begin = System.nanoTime();
    Presence asker = Presence.of(context);
    Optional<Job.Outcome> ended = ticket.job().await(SILENCE);
    while (ended.isEmpty()) {
      if (asker.hasLeft(context)) {
        refuse(context, hungUp(operation));
        return;
      }
      ended = ticket.job().await(SILENCE);
    }
    // In a header, as the same question has the same bytes for an answer.
    context.header(
        "Server-Timing", "answer;dur=%d".formatted((System.nanoTime() - begin) / 1_000_000));
    switch (ended.get()) {
      case Job.Outcome.Answered answered -> whole(context, answered.content());
      case Job.Outcome.Failed failed -> refuse(context, refusal(failed.cause(), operation));
    }
    ticket.answered();
  }

  private void events(Context context, Lane.Ticket ticket, Operation operation)
      throws IOException, InterruptedException {
    OutputStream out = stream(context);
    write(out, queued(ticket.ahead()));
    Job job = ticket.job();
    int told = 0;
    while (job.outcome(told).isEmpty()) {
      List<Event> events = job.await(told, SILENCE);
      for (Event event : events) {
        write(out, event);
      }
      told += events.size();
      if (events.isEmpty() && job.outcome(told).isEmpty()) {
        write(out, Event.COMMENT);
      }
    }
    switch (job.outcome(told).orElseThrow()) {
      case Job.Outcome.Answered answered ->
          write(out, Event.line("result", answered.content().bytes()));
      case Job.Outcome.Failed failed ->
          write(out, Event.line("failed", ErrorDocument.bytes(refusal(failed.cause(), operation))));
    }
    ticket.answered();
  }

  private static Event queued(int position) {
    return Event.of("queued", Map.of("position", position));
  }

  /** Not Javalin's own stream, which does not pass a flush on. */
  private static OutputStream stream(Context context) throws IOException {
    context.contentType("text/event-stream");
    context.header("Cache-Control", Headers.NOT_KEPT);
    return context.res().getOutputStream();
  }

  private static void write(OutputStream out, Event event) {
    write(out, event.bytes());
  }

  private static void write(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new LeftException(e);
    }
  }

  /** Said to who closed but one half of the connection; who left does not hear it. */
  private static Refusal hungUp(Operation operation) {
    return new Refusal(
        bad(operation),
        "The connection was closed from your side while this was computed; keep both halves open.");
  }

  private static Refusal.Code bad(Operation operation) {
    return operation.body().isPresent() ? Refusal.Code.BAD_BODY : Refusal.Code.BAD_PARAMETER;
  }

  private static Refusal closing() {
    return new Refusal(Refusal.Code.BUSY, "The server is closing; ask again when it is back.");
  }

  /** Returns what an asker is told of something that was thrown. */
  private Refusal refusal(Throwable thrown, Operation operation) {
    Refusal.Code bad = bad(operation);
    return switch (thrown) {
      case Refusal refusal -> refusal;
      case QuestionException question -> new Refusal(bad, String.valueOf(question.getMessage()));
      case NonFiniteStateException state -> new Refusal(bad, String.valueOf(state.getMessage()));
      case DeviceException device ->
          new Refusal(Refusal.Code.FAILED, String.valueOf(device.getMessage()));
      case CancellationException _ -> closing();
      case OutOfMemoryError _ ->
          new Refusal(
              Refusal.Code.FAILED,
              "There is not enough memory for this: take a shorter text, or start the server with"
                  + " LIMPID_JAVA_OPTS=-Xmx8g.");
      default -> {
        failures.accept(thrown);
        yield new Refusal(
            Refusal.Code.FAILED,
            "The server failed to answer; the terminal it was started in says why.");
      }
    };
  }

  /** Thrown when what is sent does not arrive. */
  private static final class LeftException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeftException(IOException cause) {
      super(cause);
    }
  }
}
