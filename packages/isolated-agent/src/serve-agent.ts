import type { JsonValue, Message, Model, ModelEvent, Tool, Workbench } from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import { connectToHost, type Failure, type Wire } from '@junctor/isolation'
import { runTurn, type Admission, type OnceCall, type TurnEvent } from '@junctor/runtime'
import type { TurnSpec, Verdict, WiredEvent, WiredResult } from './turn-spec.ts'

export interface AgentService {
  /** Run in this process, each in the place of the host's tool of the same name. All others run where the host is. */
  readonly tools: readonly Tool[]
  /** Opens where the commands of a session run, from what the host was given as `place`. */
  readonly openWorkbench?: (place: unknown) => Promise<Workbench>
  /** Ends what the tools left running. */
  readonly close?: () => Promise<void>
}

/** In the module of an agent's process: takes turns for the host until it is ended. */
export function serveAgent({ tools, openWorkbench, close }: AgentService): void {
  const own = new Map(tools.map((tool) => [tool.name, tool]))
  const wire = connectToHost({
    toError,
    handlers: {
      turn: ([spec], signal) => take(spec as TurnSpec, signal),
      close: () => close?.(),
    },
    ...(close === undefined ? {} : { close }),
  })

  const take = async (spec: TurnSpec, signal: AbortSignal): Promise<WiredResult> => {
    const { modelId, verdicts, hasIncoming, hasJournal, resume, ...others } = spec
    const { place, elevatedPlace, ...turn } = others
    const ask = (method: string, params: readonly unknown[] = [], options = {}) =>
      wire.call(`${spec.turnId}/${method}`, params, options)
    const { error, ...result } = await runTurn({
      ...turn,
      ...(resume === undefined ? {} : { resume }),
      model: remoteModel(modelId, ask),
      tools: spec.tools.map((tool) => ({
        ...tool,
        run: own.get(tool.name)?.run ?? runThere(tool.name, ask),
      })),
      gate: {
        check: (name) => verdictOf(verdicts, name),
        admit: async (call) => (await ask('admit', [call])) as Admission,
      },
      ...(openWorkbench === undefined
        ? {}
        : {
            workbench: once(() => openWorkbench(place)),
            elevatedWorkbench: once(() => openWorkbench(elevatedPlace)),
          }),
      ...(hasIncoming
        ? { incoming: async () => (await ask('incoming')) as readonly Message[] }
        : {}),
      ...(hasJournal
        ? { journal: async (call: OnceCall) => void (await ask('journal', [call])) }
        : {}),
      signal,
      emit: (event) => void ask('emit', [toWired(event)]).catch(() => {}),
    })
    return error === undefined
      ? result
      : { ...result, error: { code: error.code, message: error.message } }
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => (made ??= make())
}

type Ask = (
  method: string,
  params?: readonly unknown[],
  options?: { readonly signal?: AbortSignal },
) => ReturnType<Wire['call']>

/** The model stays with the host, and its key with it. */
function remoteModel(id: string, ask: Ask): Model {
  return {
    spec: 'model-v1',
    id,
    async *stream(request, { signal }) {
      const tools = request.tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        inputSchema,
      }))
      const call = await ask('model.open', [{ ...request, tools }])
      const abort = (): void => void ask('model.abort', [call]).catch(() => {})
      signal.addEventListener('abort', abort, { once: true })
      try {
        for (;;) {
          const events = (await ask('model.next', [call])) as readonly ModelEvent[] | undefined
          if (events === undefined) return
          yield* events
        }
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
  }
}

function runThere(name: string, ask: Ask): Tool['run'] {
  return async (input: JsonValue, { callId, signal }) =>
    (await ask('tool.run', [name, input, callId], { signal })) as string
}

function verdictOf(verdicts: TurnSpec['verdicts'], name: string): Verdict {
  const verdict = Object.hasOwn(verdicts, name) ? verdicts[name] : undefined
  // A tool that there is not is told so by the turn.
  return verdict ?? { allowed: true }
}

function toWired(event: TurnEvent): WiredEvent {
  if (event.type !== 'turn:text') return event
  const { type, delta, text } = event
  return { type, delta, isFirst: text.length === delta.length }
}

function toError({ message, code, retryAfterMs }: Failure): Error {
  if (code === undefined) return new Error(message)
  return new JunctorError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
