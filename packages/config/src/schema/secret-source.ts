/** Where values come from that do not stand in the file itself. */
export interface SecretSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The content of a file that `{ "$file": … }` names. Throws when it cannot be read. Without it such values are errors. */
  readonly readSecretFile?: (path: string) => string
  /** Take what is written for the value: nobody is going to use it. Default: false. */
  readonly asWritten?: boolean
}
