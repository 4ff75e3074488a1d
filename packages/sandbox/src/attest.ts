import type { Container } from 'dockerode'
import type Docker from 'dockerode'
import { outputOf } from './container-exec.ts'
import type { SandboxPlan } from './plan.ts'

/** One thing that a sandbox must be, and what was found when it was tried. */
export interface Attested {
  readonly what: string
  readonly holds: boolean
  readonly found: string
}

const script = `echo "interfaces=$(ls /sys/class/net 2>/dev/null | grep -v '^lo$' | tr '\\n' ' ')"
echo "root=$(if (: > /.junctor-probe) 2>/dev/null; then rm -f /.junctor-probe; echo writable; else echo closed; fi)"
echo "uid=$(id -u)"
while read -r key value; do case $key in CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) echo "$key$value";; esac; done < /proc/self/status
for f in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do [ -r $f ] && echo "memory=$(cat $f)"; done
for f in /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max; do [ -r $f ] && echo "pids=$(cat $f)"; done
for f in /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us; do [ -r $f ] && echo "cpu=$(cat $f)"; done
exit 0`

/** Tries from the inside whether a sandbox is what its settings say: settings that an engine ignores are none. */
export async function attest(
  docker: Docker,
  container: Container,
  { settings, user }: SandboxPlan,
  signal: AbortSignal,
): Promise<readonly Attested[]> {
  const { output } = await outputOf(docker, container, ['/bin/sh', '-c', script], { signal })
  const facts = new Map(
    output
      .toString()
      .split('\n')
      .map((line) => /^(\w+)[=:]\s*(.*)$/.exec(line))
      .flatMap((match) =>
        match === null ? [] : [[match[1] ?? '', (match[2] ?? '').trim()] as const],
      ),
  )
  const found = (name: string): string => facts.get(name) ?? 'not to be found'
  const is = (what: string, name: string, holds: (value: string) => boolean): Attested => ({
    what,
    holds: facts.has(name) && holds(found(name)),
    found: found(name) === '' ? 'none' : found(name),
  })
  const [uid = ''] = user.split(':')
  return [
    ...(settings.network === 'none'
      ? [is('the network is off', 'interfaces', (value) => value === '')]
      : []),
    ...(settings.readOnlyRoot
      ? [is('the root file system is read-only', 'root', (value) => value === 'closed')]
      : []),
    is(`commands run as user ${uid}`, 'uid', (value) => value === uid),
    is('no capability is held', 'CapEff', isZero),
    is('no capability can be had', 'CapBnd', isZero),
    is('no privilege can be gained', 'NoNewPrivs', (value) => value === '1'),
    is('system calls are filtered', 'Seccomp', (value) => value === '2'),
    is('memory is limited', 'memory', (value) => Number(value) <= settings.memoryBytes),
    is('processes are limited', 'pids', (value) => Number(value) <= settings.pidsLimit),
    is('processor time is limited', 'cpu', (value) => /^[1-9]/.test(value)),
  ]
}

function isZero(value: string): boolean {
  return /^0+$/.test(value)
}
