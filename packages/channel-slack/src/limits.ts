/** https://docs.slack.dev/reference/methods/chat.postMessage#arg_markdown_text, the same in streams and edits. */
export const maxTextLength = 12_000

/** Slack takes a gigabyte, but wants to know the size first: an upload is held in memory for that. */
export const maxFileBytes = 100 * 1024 * 1024
