import type { AgentConfig } from '../config.ts'
import { quote } from '../schema/reader.ts'
import type { Path } from '../report.ts'
import { join, type CheckContext } from './check.ts'

/** A budget that could not be kept, or would let nothing through. */
export function checkBudgets(context: CheckContext): void {
  const { config, isWritten } = context
  for (const [index, agent] of config.agents.list.entries()) {
    const own = ['agents', 'list', index, 'limits']
    const placeOf = (key: string): Path =>
      isWritten([...own, key]) ? [...own, key] : ['agents', 'defaults', 'limits', key]
    checkPrices(agent, placeOf('usdPerDay'), context)
    checkRoom(agent, placeOf('tokensPerDay'), context)
  }
}

function checkPrices(
  { id, limits, model, fallbacks }: AgentConfig,
  path: Path,
  { config, report, at }: CheckContext,
): void {
  if (limits.usdPerDay === undefined) return
  const { prices } = config.models
  const unpriced = [...new Set([model, ...fallbacks])].filter(
    (name) => !Object.hasOwn(prices, name),
  )
  if (unpriced.length === 0) return
  report.error(
    at(path),
    'MISSING_PRICE',
    `the agent ${quote(id)} may ask ${join(unpriced.map(quote))}, whose price is not known`,
    `write models.prices: { ${quote(unpriced[0] ?? '')}: { input: …, output: … } }, in US dollars for a million tokens`,
  )
}

/** What a call may write is set aside before it is made. */
function checkRoom(
  { id, limits: { tokensPerDay, maxOutputTokens } }: AgentConfig,
  path: Path,
  { report, at }: CheckContext,
): void {
  if (tokensPerDay === undefined || tokensPerDay > maxOutputTokens) return
  report.error(
    at(path),
    'INVALID_VALUE',
    `no answer of the agent ${quote(id)} would fit: one may take ${maxOutputTokens} tokens`,
    'write more, or fewer limits.maxOutputTokens',
  )
}
