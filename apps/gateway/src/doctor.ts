import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '@junctor/config'
import { JunctorError } from '@junctor/errors'
import type { CliContext } from './context.ts'
import type { LoadedConfig } from './load-config.ts'
import { createModelSource } from './model-source.ts'
import { tokenPath } from './state-files.ts'

export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  readonly subject: string
  /** A sentence; never holds a secret. */
  readonly message: string
}

/** What only this machine can tell: whether directories can be written, secrets are kept and models can be called. */
export async function examineWorld(
  { config, configPath, stateDir }: LoadedConfig,
  { env }: Pick<CliContext, 'env'>,
): Promise<readonly Finding[]> {
  return [
    { level: 'ok', subject: 'config', message: `${configPath} is valid` },
    await checkDirectory('state directory', stateDir),
    ...(await Promise.all(
      config.agents.list.flatMap(({ id, workspace, agentDir }) => [
        checkDirectory(`workspace of ${id}`, workspace),
        checkDirectory(`agentDir of ${id}`, agentDir),
      ]),
    )),
    ...(await checkToken(stateDir)),
    ...checkModels(config, env),
    ...checkAccounts(config),
  ]
}

async function checkDirectory(subject: string, path: string): Promise<Finding> {
  let existing = path
  for (;;)
    try {
      await access(existing, constants.W_OK)
      const message = existing === path ? `${path} can be written` : `${path} will be made`
      return { level: 'ok', subject, message }
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isMissing || existing === dirname(existing))
        return { level: 'error', subject, message: `${path} cannot be written` }
      existing = dirname(existing)
    }
}

async function checkToken(stateDir: string): Promise<readonly Finding[]> {
  const path = tokenPath(stateDir)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return []
  const isPrivate = (found.mode & 0o077) === 0
  return [
    isPrivate
      ? { level: 'ok', subject: 'token', message: `${path} is readable by its owner alone` }
      : {
          level: 'error',
          subject: 'token',
          message: `${path} can be read by others: chmod 600 it`,
        },
  ]
}

function checkModels(config: Config, env: CliContext['env']): readonly Finding[] {
  const models = createModelSource(env)
  return config.agents.list.map(({ id, model }) => {
    const subject = `model of ${id}`
    try {
      return {
        level: 'ok',
        subject,
        message: `${models.resolve(model, config).id} has what it needs`,
      }
    } catch (error) {
      if (!JunctorError.isInstance(error)) throw error
      return { level: 'error', subject, message: error.message }
    }
  })
}

function checkAccounts(config: Config): readonly Finding[] {
  return Object.entries(config.channels).flatMap(([channel, accounts]) =>
    Object.entries(accounts).map(([accountId, { enabled }]): Finding => {
      const subject = `${channel}/${accountId}`
      return enabled
        ? { level: 'ok', subject, message: 'is configured' }
        : { level: 'warning', subject, message: 'is switched off (enabled: false)' }
    }),
  )
}
