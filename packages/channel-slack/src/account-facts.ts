/** Who an account is on Slack. */
export interface AccountFacts {
  readonly accountId: string
  readonly teamId: string
  readonly botUserId: string
  /** Bots have a second id, under which they post. */
  readonly botId: string | undefined
}
