import type { Path } from '../report.ts'
import { providerOf } from '../defaults/model-names.ts'
import type { ModelInput } from '../schema/agents.ts'
import { nearest } from '../schema/nearest.ts'
import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Every model has a provider once aliases are resolved. */
export function checkModels(context: CheckContext): void {
  const { input, config } = context
  for (const [alias, model] of Object.entries(config.models.aliases))
    checkName(model, ['models', 'aliases', alias], {}, context)
  checkModel(input.agents?.defaults?.model, ['agents', 'defaults', 'model'], context)
  for (const [index, { model }] of (input.agents?.list ?? []).entries())
    checkModel(model, ['agents', 'list', index, 'model'], context)
  const places = [
    { path: ['agents', 'defaults'], subagents: input.agents?.defaults?.subagents },
    ...(input.agents?.list ?? []).map(({ subagents }, index) => ({
      path: ['agents', 'list', index],
      subagents,
    })),
  ]
  for (const { path, subagents } of places)
    if (subagents?.model !== undefined)
      checkName(subagents.model, [...path, 'subagents', 'model'], config.models.aliases, context)
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
  { report, at, config }: CheckContext,
): void {
  if (Object.hasOwn(aliases, name)) return
  if (/^(?:[^\s/]+\/)?\S+$/.test(name) && providerOf(name, config.models) !== undefined) return
  const alias = nearest(name, Object.keys(aliases))
  report.error(
    at(path),
    'INVALID_VALUE',
    `the model ${quote(name)} names no provider`,
    alias === undefined ? 'write "provider/model"' : `did you mean ${quote(alias)}?`,
  )
}
