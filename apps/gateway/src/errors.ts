import { JunctorError, type ErrorOptions } from '@junctor/errors'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/**
 * - `CONFIG_INVALID` the config file has errors; each was printed
 * - `PORT_TAKEN` another program listens on the gateway's port
 * - `STATE_DIR` the state directory cannot be used
 * - `REFUSED` the running gateway refuses it, or another has what was asked for
 * - `NOT_FOUND` no such message, session or agent
 * - `NOT_RUNNING` no gateway answers
 * - `EXISTS` something is there already and is not overwritten
 * - `USAGE` the command line was not understood
 */
export type CliErrorCode =
  | 'CONFIG_INVALID'
  | 'PORT_TAKEN'
  | 'STATE_DIR'
  | 'REFUSED'
  | 'NOT_FOUND'
  | 'NOT_RUNNING'
  | 'EXISTS'
  | 'USAGE'

const codesOf: { readonly [Code in CliErrorCode]: ExitCode } = {
  CONFIG_INVALID: exitCodes.failed,
  PORT_TAKEN: exitCodes.failed,
  STATE_DIR: exitCodes.failed,
  REFUSED: exitCodes.failed,
  NOT_FOUND: exitCodes.notFound,
  NOT_RUNNING: exitCodes.notRunning,
  EXISTS: exitCodes.failed,
  USAGE: exitCodes.usage,
}

/** A fault that ends a command: its message is all that a person sees. */
export class CliError extends JunctorError<CliErrorCode> {
  readonly exitCode: ExitCode

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CliError', configurable: true })
  }

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.exitCode = codesOf[code]
  }
}
