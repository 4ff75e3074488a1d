import type { Path } from '../report.ts'
import type { ModelInput } from '../schema/agents.ts'
import { nearest } from '../schema/nearest.ts'
import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

const makers: readonly (readonly [RegExp, string])[] = [
  [/^claude/i, 'anthropic'],
  [/^(?:gpt|chatgpt|o[134](?:-|$))/i, 'openai'],
]

/** Every model is `provider/model` once aliases are resolved. */
export function checkModels(context: CheckContext): void {
  const { input, config } = context
  for (const [alias, model] of Object.entries(config.models.aliases))
    checkName(model, ['models', 'aliases', alias], {}, context)
  checkModel(input.agents?.defaults?.model, ['agents', 'defaults', 'model'], context)
  for (const [index, { model }] of (input.agents?.list ?? []).entries())
    checkModel(model, ['agents', 'list', index, 'model'], context)
}

function checkModel(model: ModelInput | undefined, path: Path, context: CheckContext): void {
  const { aliases } = context.config.models
  if (model?.primary !== undefined) checkName(model.primary, [...path, 'primary'], aliases, context)
  for (const [index, name] of (model?.fallbacks ?? []).entries())
    checkName(name, [...path, 'fallbacks', index], aliases, context)
}

function checkName(
  name: string,
  path: Path,
  aliases: Readonly<Record<string, string>>,
  { report, at }: CheckContext,
): void {
  if (/^[^\s/]+\/\S+$/.test(name) || Object.hasOwn(aliases, name)) return
  const maker = makers.find(([pattern]) => pattern.test(name))?.[1]
  const alias = nearest(name, Object.keys(aliases))
  const suggestion = alias ?? (maker === undefined ? undefined : `${maker}/${name}`)
  report.error(
    at(path),
    'INVALID_VALUE',
    `the model ${quote(name)} names no provider`,
    suggestion === undefined ? 'write "provider/model"' : `did you mean ${quote(suggestion)}?`,
  )
}
