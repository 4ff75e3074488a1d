export interface CommandOptions {
  /** Where it runs; relative paths stand in the workbench's own folder, which is the default. */
  readonly folder?: string
  /** Added to the few variables that every command gets. */
  readonly environment?: Readonly<Record<string, string>>
  /** Aborting ends the command and everything that it started. */
  readonly signal: AbortSignal
}

export interface CommandExit {
  /** Null when the command was ended from outside. */
  readonly exitCode: number | null
  /** Why it ended, where there is more to say than a number: a signal, the memory limit. */
  readonly reason?: string
}

/** A command at work. */
export interface RunningCommand {
  /** What it prints to either stream, as it comes. Must be read: a command waits when nobody does. */
  readonly output: AsyncIterable<Uint8Array>
  write(input: Uint8Array): Promise<void>
  /** Ends its input. */
  endInput(): void
  /** Resolves when it has ended and its output has been read to the end. Never rejects. */
  readonly exit: Promise<CommandExit>
}

export interface FileOptions {
  readonly signal: AbortSignal
}

/**
 * Where the commands of an agent run and its files are: a folder of the host, or a container. One agent's workbench never
 * leads to another's. Every method throws `WorkbenchError`.
 */
export interface Workbench {
  readonly place: 'host' | 'sandbox'
  /** Absolute path of the workspace, as commands see it. */
  readonly folder: string
  /** Runs a shell script. */
  run(script: string, options: CommandOptions): Promise<RunningCommand>
  /** The whole content of a regular file. */
  readFile(path: string, options: FileOptions & { readonly maxBytes: number }): Promise<Uint8Array>
  /** Puts a file in place in one step, with the folders that it needs. */
  writeFile(path: string, content: Uint8Array, options: FileOptions): Promise<void>
  removeFile(path: string, options: FileOptions): Promise<void>
}
