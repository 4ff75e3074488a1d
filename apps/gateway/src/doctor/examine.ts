import { configPaths } from '@junctor/config/file'
import type { Problem } from '@junctor/config'
import type { CliContext } from '../context.ts'
import { readConfig } from '../load-config.ts'
import { checkAccounts } from './accounts.ts'
import { checkSharedConversations } from './conversations.ts'
import { checkDirectories, checkDirectory } from './directories.ts'
import { checkDocker } from './docker.ts'
import type { Check, Finding } from './finding.ts'
import { checkDisk, checkNode } from './machine.ts'
import { checkModels } from './models.ts'
import { checkPackages } from './packages.ts'
import { checkPermissions } from './permissions.ts'
import { checkPort } from './port.ts'
import { checkStore } from './store.ts'

/** What `doctor --json` prints. */
export interface Examination {
  /** Whether there is no error. */
  readonly ok: boolean
  readonly configPath: string
  readonly stateDir: string
  readonly findings: readonly Finding[]
}

/** Everything that is wrong or suspicious, in the config and in the world that it meets. Changes nothing. */
export async function examine(context: CliContext): Promise<Examination> {
  const { configPath, stateDir } = configPaths(context)
  const read = await readConfig(context)
  const findings: Finding[] = [
    ...read.problems.map(ofFile),
    ...checkNode(),
    ...(await checkDisk(stateDir)),
  ]
  if (read.ok) {
    const { config, files, reading } = read
    const world = { config, files, reading, configPath, stateDir, env: context.env }
    findings.unshift({
      severity: 'ok',
      code: 'CONFIG',
      subject: 'config',
      message: read.isBlank
        ? `${configPath} is empty or not there, and the defaults apply`
        : `${configPath} is valid`,
    })
    const checks: readonly Check[] = [
      checkDirectories,
      checkPermissions,
      checkAccounts,
      (each) => checkPackages(each),
      checkModels,
      checkDocker,
      checkSharedConversations,
      (each) => checkStore(each, context),
      (each) => checkPort(each, context),
    ]
    for (const check of checks) findings.push(...(await check(world)))
  } else findings.push(await checkDirectory('state directory', stateDir))
  const ok = !findings.some(({ severity }) => severity === 'error')
  return { ok, configPath, stateDir, findings }
}

function ofFile(problem: Problem): Finding {
  return { ...problem, subject: 'config' }
}
