package dev.limpid.model.chat;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: system, user, assistant, or what else a template knows
 * @param content what is said
 */
public record ChatMessage(String role, String content) {}
