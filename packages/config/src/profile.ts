export type Profile =
  | { readonly ok: true; readonly name: string | undefined }
  | { readonly ok: false; readonly message: string; readonly hint: string }

/** `JUNCTOR_PROFILE` gives the default agent a workspace of its own; blank and `default` are the same as none. */
export function profileOf(env: Readonly<Record<string, string | undefined>>): Profile {
  const name = env['JUNCTOR_PROFILE']?.trim().toLowerCase()
  if (name === undefined || name === '' || name === 'default') return { ok: true, name: undefined }
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return { ok: true, name }
  return {
    ok: false,
    message: `the environment variable JUNCTOR_PROFILE is ${JSON.stringify(name.slice(0, 80))}, which cannot be a folder's name`,
    hint: 'use a-z, 0-9, "_" and "-"',
  }
}
