import type { ModelServerCommand, ModelServerReport } from './main-messages.ts'
import { createModelServer } from './model-server.ts'

// To be forked: the server in a process of its own, so that its work does not count in a measurement.
// Ends on `stop` and when the parent is gone.

const server = await createModelServer({ keepRequests: 0 })

process.on('message', (command: ModelServerCommand) => {
  switch (command.type) {
    case 'configure': {
      const { step, echo = false } = command
      server.respond(({ lastUserText }) =>
        echo ? { ...step, text: `${step.text ?? ''}${lastUserText}` } : step,
      )
      report({ type: 'configured' })
      return
    }
    case 'stats':
      report({ type: 'stats', stats: server.stats() })
      return
    case 'stop':
      process.disconnect()
  }
})
process.on('disconnect', () => void server.close())

report({ type: 'ready', url: server.url })

function report(message: ModelServerReport): void {
  process.send?.(message)
}
