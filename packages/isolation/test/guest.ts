// The module of the process in the tests.
import { connectToHost } from '@junctor/isolation'

const wire = connectToHost({
  toError: ({ message, code }) => Object.assign(new Error(message), { code }),
  handlers: {
    twice: ([text]) => `${String(text)}${String(text)}`,
    ask: async ([method]) => `host says ${String(await wire.call(String(method), [1]))}`,
    wait: (_params, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('told to stop')))
      }),
    fail: () => {
      throw Object.assign(new Error('no'), { code: 'NO', retryAfterMs: 5 })
    },
    environment: () => process.env,
    args: () => process.argv.slice(2),
    say: ([text]) => void process.stdout.write(`${String(text)}\n`),
    spin: () => {
      for (;;);
    },
    exit: ([code]) => process.exit(Number(code)),
  },
})
