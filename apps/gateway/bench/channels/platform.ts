/** A fake platform with so many accounts on it, for one process to connect to. */
export interface BenchPlatform {
  readonly name: string
  /** `channels.<name>.accounts` of a config, by account id. */
  readonly accounts: Readonly<Record<string, object>>
  /** A person writes to an account, in a private conversation. */
  say(account: number, text: string): void
  /** How many messages the process has sent, counted as the first byte of each is read. */
  sent(): number
  isOnline(account: number): boolean
  waitFor(predicate: () => boolean, options: { readonly timeoutMs: number }): Promise<void>
  /** Base URLs that are no setting: WhatsApp's WebSocket and media addresses. */
  readonly server?: { readonly webSocketUrl: string; readonly mediaUrl: string }
  stop(): Promise<void>
}
