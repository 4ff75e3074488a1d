/** Marks the signature of thinking that the provider encrypted: what follows is its data, the text is empty. */
export const redactedPrefix = 'redacted_thinking:'
