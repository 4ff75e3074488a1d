import { execFile } from 'node:child_process'
import { access, chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const busybox = '/bin/busybox'

/** An image for tests on a real container engine, or the reason why there can be none. */
export type TestImage = { readonly image: string } | { readonly missing: string }

/**
 * A small image (a shell and the usual tools) in the local Docker engine, made without a registry: from Debian's package
 * `busybox-static`.
 */
export async function ensureTestImage(): Promise<TestImage> {
  const image = 'junctor-test/busybox:3'
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'])
  } catch {
    return { missing: 'no Docker engine answers' }
  }
  const isThere = await run('docker', ['image', 'inspect', image]).then(
    () => true,
    () => false,
  )
  if (isThere) return { image }
  try {
    await access(busybox)
  } catch {
    return { missing: `${busybox} is not installed (package busybox-static)` }
  }
  const folder = await mkdtemp(join(tmpdir(), 'junctor-image-'))
  try {
    for (const name of [
      'bin',
      'etc',
      'tmp',
      'proc',
      'sys',
      'dev',
      'workspace',
      'agent',
      'run',
      'var/tmp',
    ])
      await mkdir(join(folder, name), { recursive: true })
    await copyFile(busybox, join(folder, 'bin/busybox'))
    await writeFile(
      join(folder, 'etc/passwd'),
      'root:x:0:0::/:/bin/sh\nagent:x:1000:1000::/workspace:/bin/sh\n',
    )
    await chmod(folder, 0o755)
    const { stdout } = await run(busybox, ['--list'])
    for (const applet of stdout.split('\n'))
      if (applet !== '' && applet !== 'busybox')
        await symlink('busybox', join(folder, 'bin', applet))
    const archive = join(folder, 'image.tar')
    await run('tar', ['-C', folder, '--exclude=./image.tar', '-cf', archive, '.'])
    await run('docker', ['import', '--change', 'ENV PATH=/bin', archive, image])
    return { image }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
