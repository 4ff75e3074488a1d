/** The right to run one lane (a session key) until `until`. `token` grows with every claim of the lane and fences old holders. */
export interface Lease {
  readonly sessionKey: string
  readonly token: number
  readonly until: number
}

/** Named leases between processes, for example one for each channel account. */
export interface Leases {
  /** Undefined when somebody else holds it. The holder itself may acquire again: the same token, a new end. */
  acquire(
    name: string,
    options: { readonly owner: string; readonly ttlMs: number },
  ): Promise<{ readonly token: number; readonly until: number } | undefined>
  release(name: string, options: { readonly owner: string }): Promise<void>
}
