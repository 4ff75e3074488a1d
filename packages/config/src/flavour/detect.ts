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

/**
 * What such files have, too, and a person might write into ours by mistake, where it is refused. They say something beside
 * the folder of a system alone.
 */
const familyHints = [
  'logging|diagnostics|audio|media|bridge',
  'session.scope|store|typingMode|typingIntervalSeconds|resetTriggers|maintenance',
  'messages.messagePrefix|responsePrefix|ackReaction|ackReactionScope|tts|inbound',
  'tools.exec|media|message',
  ...['agents.defaults', 'agents.list.*'].map(
    (place) =>
      `${place}.heartbeat|compaction|contextPruning|contextTokens|thinkingDefault|verboseDefault|elevatedDefault|imageModel|maxConcurrent|memorySearch|mediaMaxMb|timeoutSeconds|typingMode|userTimezone|blockStreamingDefault|humanDelay|skipBootstrap`,
  ),
  'channels.telegram|discord|slack|whatsapp.streamMode|replyToMode|ackReaction|mediaMaxMb|textChunkLimit|sendReadReceipts|actions|blockStreaming',
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
  if (signed !== undefined) return signed
  const housed = flavourNames.find((flavour) => flavour !== 'junctor' && isHome(flavour, root))
  if (familySigns.some(bears)) return housed ?? 'openclaw'
  return housed !== undefined && familyHints.some(bears) ? housed : 'junctor'
}

/** Whether a path of the file lies where a system keeps its things. */
function isHome(flavour: FlavourName, node: Node): boolean {
  if (node.type === 'array') return node.elements.some((element) => isHome(flavour, element))
  if (node.type === 'object') return node.members.some(({ value }) => isHome(flavour, value))
  const { value } = node
  if (typeof value !== 'string') return false
  const { stateDir, workspace } = flavours[flavour]
  return (
    (stateDir !== undefined && value.startsWith(`${stateDir}/`)) ||
    (workspace !== undefined && (value === workspace || value.startsWith(`${workspace}-`)))
  )
}
