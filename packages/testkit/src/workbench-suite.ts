import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import type { CommandExit, RunningCommand, Workbench } from '@junctor/agent'

export interface WorkbenchSuiteOptions {
  /** From vitest, `node:test` or any runner that has them. */
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  readonly name: string
  /** A workbench with an empty folder, kept for the whole suite. */
  readonly open: () => Promise<Workbench>
}

/** The rules that every workbench keeps, as tests. */
export function workbenchSuite({ describe, it, name, open }: WorkbenchSuiteOptions): void {
  const signal = AbortSignal.timeout(10 * 60_000)
  const files = { signal }
  const reading = { signal, maxBytes: 1_000 }
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  const run = async (
    script: string,
    options: Partial<Parameters<Workbench['run']>[1]> = {},
  ): Promise<CommandExit & { readonly output: string }> => {
    const command = await (await open()).run(script, { signal, ...options })
    command.endInput()
    return { output: await textOf(command), ...(await command.exit) }
  }

  describe(`workbench contract: ${name}`, () => {
    it('runs a script and gives what it prints to either stream, and its exit code', async () => {
      const { output, exitCode } = await run('echo out; echo err >&2; exit 7')
      deepEqual(output.split('\n').sort(), ['', 'err', 'out'])
      equal(exitCode, 7)
    })

    it('runs in its folder, or in the one that was named', async () => {
      const { folder } = await open()
      equal((await run('pwd')).output.trim(), folder)
      await run('mkdir -p sub/deep')
      equal((await run('pwd', { folder: 'sub/deep' })).output.trim(), `${folder}/sub/deep`)
    })

    it('gives a command the variables it was given, and none of the gateway', async () => {
      process.env['JUNCTOR_PLANTED_KEY'] = 'planted-key'
      try {
        const { output } = await run('echo "[$COLOUR]"; env', { environment: { COLOUR: 'blue' } })
        match(output, /^\[blue\]/)
        ok(!output.includes('planted-key'))
      } finally {
        delete process.env['JUNCTOR_PLANTED_KEY']
      }
    })

    it('passes on what is written to the input, and its end', async () => {
      const command = await (await open()).run('cat; echo over', { signal })
      await command.write(bytes('one\n'))
      await command.write(bytes('two\n'))
      command.endInput()
      equal(await textOf(command), 'one\ntwo\nover\n')
    })

    it('gives much output whole', async () => {
      const { output } = await run('head -c 3000000 /dev/zero | tr "\\0" x')
      equal(output.length, 3_000_000)
    })

    it('ends a command with everything that it started when the signal aborts', async () => {
      const abort = new AbortController()
      const workbench = await open()
      const command = await workbench.run(
        '(while :; do echo tick >> ticks; sleep 0.05; done) & echo started; wait',
        { signal: abort.signal },
      )
      const reading_ = textOf(command)
      while ((await run('cat ticks 2>/dev/null | wc -l')).output.trim() === '0');
      abort.abort()
      const { exitCode } = await command.exit
      ok(exitCode === null || exitCode !== 0)
      await reading_
      const before = (await run('wc -l < ticks')).output
      await run('sleep 0.3')
      equal((await run('wc -l < ticks')).output, before)
    })

    it('refuses to begin when the signal is aborted already', async () => {
      const workbench = await open()
      await rejects(workbench.run('touch begun', { signal: AbortSignal.abort() }))
      equal((await run('ls begun 2>/dev/null')).output, '')
    })

    it('writes a file with the folders it needs, and reads it back', async () => {
      const workbench = await open()
      const content = Uint8Array.from({ length: 600 }, (_, index) => index % 256)
      await workbench.writeFile('notes/deep/data.bin', content, files)
      deepEqual(await workbench.readFile('notes/deep/data.bin', reading), content)
      equal((await run('wc -c < notes/deep/data.bin')).output.trim(), '600')
      await workbench.writeFile('notes/deep/data.bin', bytes('short'), files)
      deepEqual(await workbench.readFile('notes/deep/data.bin', reading), bytes('short'))
      await workbench.writeFile('empty', new Uint8Array(), files)
      equal((await workbench.readFile('empty', reading)).length, 0)
    })

    it('takes paths as they are, whatever characters they hold', async () => {
      const workbench = await open()
      for (const path of ['-n', 'a b', "it's", '$HOME', 'ünï/çödé', '*', 'semi;colon', '"'])
        await workbench.writeFile(path, bytes(path), files)
      for (const path of ['-n', 'a b', "it's", '$HOME', 'ünï/çödé', '*', 'semi;colon', '"'])
        deepEqual(await workbench.readFile(path, reading), bytes(path))
    })

    it('keeps what a file may be run as when it is replaced', async () => {
      const workbench = await open()
      await workbench.writeFile('tool.sh', bytes('echo old'), files)
      await run('chmod 755 tool.sh')
      await workbench.writeFile('tool.sh', bytes('echo new'), files)
      equal((await run('./tool.sh')).output, 'new\n')
    })

    it('removes a file', async () => {
      const workbench = await open()
      await workbench.writeFile('gone', bytes('x'), files)
      await workbench.removeFile('gone', files)
      await rejects(workbench.readFile('gone', reading), { code: 'NOT_FOUND' })
    })

    it('says what is not there, what is no file and what is too large', async () => {
      const workbench = await open()
      await run('mkdir -p folder; head -c 1001 /dev/zero > large; mkfifo pipe')
      await rejects(workbench.readFile('missing', reading), { code: 'NOT_FOUND' })
      await rejects(workbench.removeFile('missing', files), { code: 'NOT_FOUND' })
      await rejects(workbench.readFile('folder', reading), { code: 'NOT_A_FILE' })
      await rejects(workbench.readFile('pipe', reading), { code: 'NOT_A_FILE' })
      await rejects(workbench.removeFile('folder', files), { code: 'NOT_A_FILE' })
      await rejects(workbench.writeFile('folder', bytes('x'), files), { code: 'NOT_A_FILE' })
      await rejects(workbench.readFile('large', reading), { code: 'TOO_LARGE' })
      await rejects(workbench.readFile('nul\0', reading))
    })
  })
}

async function textOf({ output }: RunningCommand): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of output) text += decoder.decode(part, { stream: true })
  return text
}
