import type { Node } from '../json5/node.ts'
import { matchesOf, type Pattern } from '../lift/pattern.ts'
import { flavourNames, flavours, type FlavourName } from './flavours.ts'

/** Settings of every system that grew out of Clawdbot, and of none of ours. They do not say of which. */
const familySigns = [
  'meta|wizard|plugins|hooks|env|ui|talk|canvasHost|discovery|nodeHost|update',
  'cron.store|maxConcurrentRuns|sessionRetention|runLog|webhook|webhookToken|retry|failureAlert|failureDestination|triggers',
  'browser.enabled|headless|controlUrl|cdpUrl|profiles|defaultProfile|attachOnly|color|snapshotDefaults',
  'gateway.mode|bind|controlUi|tailscale|remote|reload',
]

/** Whose file this is: by its name, else by what is in it. A file without any sign is ours. */
export function detectFlavour(root: Node | undefined, file: string | undefined): FlavourName {
  const name = file?.split(/[/\\]/).at(-1)
  const named = flavourNames.find(
    (flavour) =>
      flavour !== 'junctor' &&
      name !== undefined &&
      flavours[flavour].configPath?.endsWith(`/${name}`) === true,
  )
  if (named !== undefined || root === undefined) return named ?? 'junctor'
  const bears = (sign: Pattern): boolean => matchesOf(root, sign).length > 0
  const signed = flavourNames.find((flavour) => flavours[flavour].signs.some(bears))
  if (signed !== undefined || !familySigns.some(bears)) return signed ?? 'junctor'
  return (
    flavourNames.find((flavour) => mentions(root, flavours[flavour].stateDir ?? '\0')) ?? 'openclaw'
  )
}

/** Whether a path of the file lies in a folder. */
function mentions(node: Node, folder: string): boolean {
  if (node.type === 'scalar')
    return typeof node.value === 'string' && node.value.startsWith(`${folder}/`)
  return node.type === 'array'
    ? node.elements.some((element) => mentions(element, folder))
    : node.members.some(({ value }) => mentions(value, folder))
}
