import type { CommandExit } from '@junctor/agent'
import type { Container } from 'dockerode'
import type Docker from 'dockerode'
import { outputOf } from './container-exec.ts'
import type { SandboxSettings } from './settings.ts'

/** How often a limit of a container was hit since it began. */
export interface LimitCounts {
  readonly outOfMemory: number
  readonly outOfProcesses: number
}

const script = `cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null | grep '^oom_kill '
for f in /sys/fs/cgroup/pids.events /sys/fs/cgroup/pids/pids.events; do [ -r $f ] && cat $f; done; exit 0`

/** The kernel counts in the container's own group; the engine does not tell. */
export async function countLimits(docker: Docker, container: Container): Promise<LimitCounts> {
  const { output } = await outputOf(docker, container, ['/bin/sh', '-c', script], {
    signal: AbortSignal.timeout(10_000),
  })
  const text = output.toString()
  const count = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  return { outOfMemory: count('oom_kill'), outOfProcesses: count('max') }
}

/** Says why a command failed, where a limit was hit meanwhile. */
export function withLimits(
  exit: CommandExit,
  before: LimitCounts,
  after: LimitCounts,
  { memoryBytes, pidsLimit }: SandboxSettings,
): CommandExit {
  const reasons = [
    ...(exit.reason === undefined ? [] : [exit.reason]),
    ...(after.outOfMemory > before.outOfMemory
      ? [`hit the sandbox's memory limit of ${Math.round(memoryBytes / 1024 / 1024)} MiB`]
      : []),
    ...(after.outOfProcesses > before.outOfProcesses
      ? [`hit the sandbox's limit of ${pidsLimit} processes`]
      : []),
  ]
  return reasons.length === 0 ? exit : { ...exit, reason: reasons.join(', ') }
}
