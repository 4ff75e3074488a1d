/** What programs and nodes may be called. The config has the same rules. */
const programPattern = /^(?:\/\P{Cc}*[^/\p{Cc}]|[^/\p{Cc}\s-][^/\p{Cc}\s]*)$/u
const namePattern = /^[a-z0-9][a-z0-9_-]{0,31}$/

/** A name that is looked for in `PATH`, or an absolute path. */
export function isProgram(text: string): boolean {
  return programPattern.test(text)
}

export function isNodeName(text: string): boolean {
  return namePattern.test(text)
}

/**
 * Whether a list lets a program run: only exactly as it is written there. `git` does not permit `/usr/bin/git`, nor a path
 * another spelling of it; a shell is a program like any other, so it runs only where it is listed.
 */
export function isPermitted(allow: readonly string[], program: string): boolean {
  return isProgram(program) && allow.includes(program)
}
