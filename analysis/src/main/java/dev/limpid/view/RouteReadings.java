package dev.limpid.view;

import java.util.List;

/**
 * What the parts of a route are read as: all that a picture of it answers when it is pointed at.
 * Parts are named as in routes: {@code A2_14}, {@code M2_14}, {@code I1_2>A2_14}.
 *
 * @param states those with the most flow, as predictions
 * @param connections the strongest between two positions, by what the strongest head brought
 * @param mlps those with the most flow
 */
public record RouteReadings(List<State> states, List<Connection> connections, List<Mlp> mlps) {

  /** A state. */
  public record State(String id, List<PredictionView> top) {}

  /**
   * A connection.
   *
   * @param head its strongest
   * @param promoted the tokens that what the head brought from there raises most
   */
  public record Connection(
      String id, int head, List<NeuronsView.Token> promoted, List<NeuronsView.Token> suppressed) {}

  /**
   * An MLP.
   *
   * @param neurons its strongest
   */
  public record Mlp(
      String id,
      List<NeuronsView.Neuron> neurons,
      List<NeuronsView.Token> promoted,
      List<NeuronsView.Token> suppressed) {}
}
