// A channel that does what the text of a message tells it to, and answers with the outcome as the native id.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

const refusal = (code, message, retryAfterMs) =>
  Object.assign(new Error(message), { code, retryAfterMs })

const attempts = {
  read: (path) => String(readFileSync(path).length),
  spawn: () => String(spawnSync('true').status),
  worker: () => String(new Worker('', { eval: true }).threadId),
  kill: (pid) => String(process.kill(Number(pid), 0)),
  env: () => JSON.stringify(process.env),
  import: async (name) => (await import(name)).strings,
}

export const channel = {
  spec: 'channel-v1',
  id: 'puppet',
  capabilities: {
    maxTextLength: 100,
    threads: false,
    files: { maxBytes: 1024 },
    edit: { minIntervalMs: 0 },
    stream: { minIntervalMs: 0 },
    remove: false,
    reactions: false,
    typing: false,
    idempotentSend: true,
  },
  config: {
    '~standard': {
      version: 1,
      vendor: 'puppet',
      validate: (value) =>
        typeof value?.name === 'string' ? { value } : { issues: [{ message: 'name is missing' }] },
    },
  },
  async open(config, host) {
    if (config.name === 'refused') throw refusal('UNAUTHORIZED', 'puppet: the name is not known')
    const opened = Number(new TextDecoder().decode(await host.vault.read('opened')) || '0') + 1
    await host.vault.write('opened', new TextEncoder().encode(String(opened)))
    host.report({ state: 'online' })
    return {
      async send(_to, message, { idempotencyKey, signal }) {
        const [verb, ...rest] = message.text.split(' ')
        const argument = rest.join(' ')
        const sent = (nativeId) => ({ nativeId, sentAt: 1 })
        switch (verb) {
          case 'opened':
            return sent(String(opened))
          case 'commands':
            return sent(JSON.stringify(host.commands))
          case 'key':
            return sent(idempotencyKey)
          case 'exit':
            process.stderr.write('the puppet falls\n')
            return process.exit(3)
          case 'loop':
            for (;;);
          case 'hoard': {
            const hoard = []
            for (;;) hoard.push(Array.from({ length: 1e6 }, () => ({})))
          }
          case 'wait':
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
            throw refusal('UNKNOWN', 'puppet: told to stop')
          case 'ignore':
            return new Promise(() => {})
          case 'limit':
            throw refusal('RATE_LIMITED', 'puppet: slow down', 1500)
          case 'nonsense':
            return { nativeId: 7 }
          case 'log':
            host.log.warn({ cause: new Error('inner'), big: 1n }, argument)
            return sent('logged')
          case 'receive':
            return sent(await host.receive(JSON.parse(argument)).catch((error) => error.message))
          case 'vault':
            return sent(
              await host.vault.write('x'.repeat(Number(argument)), new Uint8Array(1)).then(
                () => 'ok',
                (error) => error.message,
              ),
            )
          case 'file': {
            const texts = []
            for (let time = 0; time < 2; time += 1)
              for (const file of message.files)
                texts.push(`${file.name}=${await new Response(file.data()).text()}`)
            return sent(texts.join(','))
          }
        }
        try {
          return sent(await attempts[verb](argument))
        } catch (error) {
          return sent(error.code ?? error.message)
        }
      },
      async edit(_to, nativeId) {
        if (nativeId === 'gone') throw refusal('NOT_FOUND', 'puppet: there is no such message')
      },
      stream: {
        begin: async (_to, { text }, { recipientId }) => ({
          nativeId: `${text} for ${recipientId}`,
          sentAt: 1,
        }),
        async append(_to, nativeId, text) {
          if (nativeId === 'gone') throw refusal('INVALID', `puppet: no stream for ${text}`)
        },
        async finish(_to, nativeId, text, { idempotencyKey }) {
          throw refusal('RATE_LIMITED', `puppet: ${nativeId} ${text} ${idempotencyKey}`, 7)
        },
      },
      async download(ref) {
        return ReadableStream.from([new TextEncoder().encode(ref), new TextEncoder().encode('!')])
      },
      async handleRequest(request) {
        const text = `${request.method} ${new URL(request.url).pathname} ${await request.text()}`
        return new Response(text, { status: 202, headers: { 'x-puppet': 'yes' } })
      },
      async close() {
        await host.vault.write('closed', new Uint8Array([1]))
      },
    }
  },
}
