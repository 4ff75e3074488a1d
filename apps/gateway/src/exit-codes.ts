/** Exit codes of `junctor`, as its README lists them. */
export const exitCodes = {
  ok: 0,
  /** Something went wrong, or a check found an error. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** What was asked for does not exist. */
  notFound: 3,
  /** The gateway is not running. */
  notRunning: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
