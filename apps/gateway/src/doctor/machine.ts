import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Finding } from './finding.ts'

const LEAST_BYTES = 512 * 2 ** 20
const LEAST_NODE = 24

/** Room for what is stored: a gateway whose disk is full takes no message. */
export async function checkDisk(
  stateDir: string,
  leastBytes: number = LEAST_BYTES,
): Promise<readonly Finding[]> {
  const found = await spaceAt(stateDir)
  if (found === undefined) return []
  const free = found.bavail * found.bsize
  const about = { code: 'DISK_SPACE', subject: 'disk' } as const
  const message = `${Math.floor(free / 2 ** 20)} MiB are free where ${stateDir} is`
  return free >= leastBytes
    ? [{ ...about, severity: 'ok', message }]
    : [{ ...about, severity: 'warning', message, hint: 'make room: a full disk takes no message' }]
}

async function spaceAt(path: string): Promise<StatsFs | undefined> {
  const found = await statfs(path).catch(() => undefined)
  return found !== undefined || path === dirname(path) ? found : spaceAt(dirname(path))
}

/** The version of Node that runs this. */
export function checkNode(version: string = process.versions.node): readonly Finding[] {
  const about = { code: 'NODE_VERSION', subject: 'node' } as const
  return Number.parseInt(version, 10) >= LEAST_NODE
    ? [{ ...about, severity: 'ok', message: `version ${version}` }]
    : [
        {
          ...about,
          severity: 'error',
          message: `version ${version} is too old`,
          hint: `install Node ${LEAST_NODE} or later`,
        },
      ]
}
