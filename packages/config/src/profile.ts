export type Profile =
  | { readonly ok: true; readonly name: string | undefined }
  | { readonly ok: false; readonly message: string; readonly hint: string }

/**
 * `JUNCTOR_PROFILE` gives the default agent a workspace of its own; blank and `default` are the same as none. In a file of
 * another system that system's variable does the same, where ours is not set.
 */
export function profileOf(
  env: Readonly<Record<string, string | undefined>>,
  prefix = 'JUNCTOR',
): Profile {
  const variables = ['JUNCTOR_PROFILE', `${prefix}_PROFILE`]
  const variable = variables.find((each) => (env[each] ?? '').trim() !== '')
  const name = variable === undefined ? undefined : env[variable]?.trim().toLowerCase()
  if (name === undefined || name === 'default') return { ok: true, name: undefined }
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return { ok: true, name }
  return {
    ok: false,
    message: `the environment variable ${variable} is ${JSON.stringify(name.slice(0, 80))}, which cannot be a folder's name`,
    hint: 'use a-z, 0-9, "_" and "-"',
  }
}
