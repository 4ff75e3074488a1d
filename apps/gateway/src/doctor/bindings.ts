import { routingOf } from '@junctor/gateway'
import { compileRouter } from '@junctor/router'
import { placeText } from '../agents/binding-text.ts'
import { placed, type Finding, type World } from './finding.ts'

/** Bindings that no message can reach. */
export function checkBindings(world: World): readonly Finding[] {
  const { config, reading } = world
  const nameOf = (index: number): string => {
    const origin = reading.originOf(['bindings', index])
    return `${origin?.spelling ?? `bindings[${index}]`}${placeText(origin)}`
  }
  return compileRouter(routingOf(config))
    .lint()
    .map(({ binding, shadowedBy }) => {
      const others = shadowedBy.map(({ index }) => nameOf(index)).join(' and ')
      const finding = {
        severity: 'warning',
        code: 'BINDING_SHADOWED',
        subject: 'bindings',
        message: `no message ever comes this way: ${others || 'a broadcast group'} takes every one`,
        hint: 'remove it, or make it more specific',
      } as const
      return placed(finding, world, ['bindings', binding.index])
    })
}
