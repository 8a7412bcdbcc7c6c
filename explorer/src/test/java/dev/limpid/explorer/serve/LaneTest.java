package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneTest {
  private static final Content ANSWER = Content.json(List.of(1));

  private static final Duration LONG = Duration.ofSeconds(20);

  private final Lane lane = new Lane("test", 1, 3);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger computed = new AtomicInteger();

  @AfterEach
  void close() {
    gate.countDown();
    lane.close();
  }

  /** Waits for the gate, then goes on step by step as long as somebody waits. */
  private Content work(Listener listener) {
    computed.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (int step = 1; step <= 3; step++) {
      listener.done(Progress.Phase.FORWARD, step, 3);
    }
    return ANSWER;
  }

  private static Content answer(Lane.Ticket ticket) throws InterruptedException {
    Job.Outcome outcome = ticket.job().await(LONG).orElseThrow();
    ticket.answered();
    ticket.close();
    return ((Job.Outcome.Answered) outcome).content();
  }

  @Test
  void theSameQuestionAtOnceIsComputedOnce() throws Exception {
    Lane.Ticket one = lane.take("a", this::work);
    Lane.Ticket two = lane.take("a", this::work);
    gate.countDown();

    assertThat(answer(one)).isSameAs(answer(two));
    assertThat(computed).hasValue(1);
    assertThat(answer(lane.take("a", this::work))).isSameAs(ANSWER);
    assertThat(lane.counts().done()).isEqualTo(3);
  }

  @Test
  void thereAreSoManyPlacesAndNoMore() throws Exception {
    List<Lane.Ticket> tickets = new ArrayList<>();
    for (String question : List.of("a", "b", "c")) {
      tickets.add(lane.take(question, this::work));
    }
    assertThat(tickets.stream().map(Lane.Ticket::ahead)).startsWith(0).isSorted();
    assertThatThrownBy(() -> lane.take("d", this::work))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BUSY));
    assertThat(lane.counts().refused()).isEqualTo(1);
    gate.countDown();
    for (Lane.Ticket ticket : tickets) {
      answer(ticket);
    }
    assertThat(answer(lane.take("d", this::work))).isSameAs(ANSWER);
  }

  @Test
  void whoLeavesBeforeItsTurnIsNeverComputed() throws Exception {
    Lane.Ticket first = lane.take("a", this::work);
    lane.take("b", this::work).close();
    gate.countDown();
    answer(first);
    answer(lane.take("c", this::work));

    assertThat(computed).hasValue(2);
    assertThat(lane.counts()).isEqualTo(new Lane.Counts(0, 0, 2, 1, 0));
  }

  @Test
  void theLastWhoLeavesEndsTheWorkAtItsNextStep() throws Exception {
    Lane.Ticket one = lane.take("a", this::work);
    Lane.Ticket two = lane.take("a", this::work);
    while (computed.get() == 0) {
      Thread.sleep(1); // it has begun
    }
    one.close();
    two.close();
    gate.countDown();

    assertThat(two.job().await(LONG).orElseThrow())
        .isInstanceOfSatisfying(
            Job.Outcome.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(CancellationException.class));
  }

  @Test
  void anAbandonedQuestionIsComputedAnewForWhoAsksNext() throws Exception {
    lane.take("a", this::work).close();
    Lane.Ticket next = lane.take("a", this::work);
    gate.countDown();

    assertThat(answer(next)).isSameAs(ANSWER);
  }

  @Test
  void anErrorEndsTheRequestAndNotTheLane() throws Exception {
    Lane.Ticket failing =
        lane.take(
            "a",
            listener -> {
              throw new OutOfMemoryError("a test");
            });

    assertThat(failing.job().await(LONG).orElseThrow()).isInstanceOf(Job.Outcome.Failed.class);
    gate.countDown();
    assertThat(answer(lane.take("b", this::work))).isSameAs(ANSWER);
  }
}
