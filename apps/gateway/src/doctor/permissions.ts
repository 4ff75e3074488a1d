import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { secretsOf } from '../secrets.ts'
import { tokenPath } from '../state-files.ts'
import type { Finding, World } from './finding.ts'

/** Files with secrets, and the state directory: for their owner alone. */
export async function checkPermissions(world: World): Promise<readonly Finding[]> {
  const { stateDir, files, config, configPath, env } = world
  const secrets = secretsOf(config, env)
  const withSecrets = await Promise.all(
    [...files.map(({ path }) => path), `${configPath}.bak`].map(async (path) =>
      (await holdsSecret(path, secrets)) ? [path] : [],
    ),
  )
  const databases = config.agents.list.map(({ id }) =>
    join(stateDir, 'agents', id, 'sessions', 'sessions.sqlite'),
  )
  const profiles = [stateDir, ...config.agents.list.map(({ agentDir }) => agentDir)].map((folder) =>
    join(folder, 'auth-profiles.json'),
  )
  const logins = Object.values(config.channels['whatsapp'] ?? {}).flatMap(({ settings }) =>
    typeof settings['authDir'] === 'string' ? [join(settings['authDir'], 'creds.json')] : [],
  )
  const found = await Promise.all([
    checkPrivate('state directory', stateDir, { mode: '700', severity: 'warning' }),
    checkPrivate('token', tokenPath(stateDir)),
    checkPrivate('store', join(stateDir, 'gateway.sqlite')),
    ...databases.map((path) => checkPrivate('store', path)),
    ...profiles.map((path) => checkPrivate('credentials', path)),
    ...logins.map((path) => checkPrivate('WhatsApp login', path)),
    ...withSecrets
      .flat()
      .map((path) =>
        checkPrivate(path.startsWith(configPath) ? 'config file' : 'secret file', path),
      ),
  ])
  return found.flat()
}

async function holdsSecret(path: string, secrets: readonly string[]): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return secrets.some((secret) => text.includes(secret))
}

async function checkPrivate(
  subject: string,
  path: string,
  options: { readonly mode: string; readonly severity: 'warning' | 'error' } = {
    mode: '600',
    severity: 'error',
  },
): Promise<readonly Finding[]> {
  // Other systems say in their own way who may read a file.
  if (process.platform === 'win32') return []
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return []
  const about = { code: 'PERMISSIONS', subject } as const
  const open = found.mode & 0o077
  if (open === 0) return [{ ...about, severity: 'ok', message: `${path} is for its owner alone` }]
  const who = (open & 0o007) === 0 ? 'its group' : 'everybody on this machine'
  return [
    {
      ...about,
      severity: options.severity,
      message: `${path} is open to ${who}`,
      hint: `chmod ${options.mode} ${path}`,
    },
  ]
}
