import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** A key longer than this is none; what is piped in by mistake need not be read to its end. */
const MOST_CHARACTERS = 64 * 1024

/** One line from a person, which the terminal does not show, or else everything that is piped in. */
export async function readSecret(question: string): Promise<string> {
  return process.stdin.isTTY ? ask(question) : readAll()
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  // What is typed would be shown by what the line is edited in.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await line.question('')
  } finally {
    line.close()
    process.stderr.write('\n')
  }
}

async function readAll(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > MOST_CHARACTERS) break
  }
  return text
}
