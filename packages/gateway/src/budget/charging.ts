import type { Message, Model, ModelEvent, ModelRequest, Usage } from '@junctor/agent'
import type { Config, ModelPrice } from '@junctor/config'
import { GatewayError } from '../errors.ts'
import type { PreparedAgent } from '../snapshot.ts'
import type { Ledger } from './ledger.ts'
import { hasDayLimits, type Spending } from './spending.ts'

/** Bytes of text that make up a token, at least: what is set aside must not be too little. */
const BYTES_PER_TOKEN = 3

/** The same model, whose every call is paid for from the agent's budget: set aside before it is made, settled after it. */
export function charged(
  model: Model,
  { agent, limits }: Pick<PreparedAgent, 'agent' | 'limits'>,
  prices: Config['models']['prices'],
  ledger: Ledger,
): Model {
  if (!hasDayLimits(limits)) return model
  const price = Object.hasOwn(prices, model.id) ? prices[model.id] : undefined
  return {
    spec: 'model-v1',
    id: model.id,
    async *stream(request, options): AsyncGenerator<ModelEvent> {
      if (price === undefined && limits.usdPerDay !== undefined)
        throw new GatewayError(
          'UNPRICED_MODEL',
          `agent "${agent.id}" has a budget in US dollars, and the price of ${model.id} is not known: add models.prices["${model.id}"].`,
        )
      const most = { inputTokens: estimate(request), outputTokens: request.maxOutputTokens }
      const asked = costOf(most, price)
      const reservation = await ledger.reserve(agent.id, limits, asked, options.signal)
      // What is cut tells no usage: all of it counts, and before the first word what was read.
      let spent: Partial<Spending> | undefined
      try {
        for await (const event of model.stream(request, options)) {
          spent = event.type === 'done' ? costOf(event.usage, price) : asked
          yield event
        }
      } finally {
        const { aborted } = options.signal
        const unheard = aborted ? costOf({ ...most, outputTokens: 0 }, price) : {}
        await reservation.settle(spent ?? unheard)
      }
    },
  }
}

function costOf(usage: Usage, price: ModelPrice | undefined): Partial<Spending> {
  const { inputTokens, outputTokens, cachedInputTokens = 0 } = usage
  const tokens = inputTokens + outputTokens
  if (price === undefined) return { tokens }
  const { input, output, cachedInput = input } = price
  const fresh = Math.max(0, inputTokens - cachedInputTokens)
  const usd = (fresh * input + cachedInputTokens * cachedInput + outputTokens * output) / 1e6
  return { tokens, usd }
}

function estimate({ system, messages, tools }: ModelRequest): number {
  const bytes =
    Buffer.byteLength(system) +
    messages.reduce((sum, message) => sum + sizeOf(message), 0) +
    Buffer.byteLength(JSON.stringify(tools))
  return Math.ceil(bytes / BYTES_PER_TOKEN)
}

function sizeOf({ parts }: Message): number {
  return Buffer.byteLength(JSON.stringify(parts))
}
