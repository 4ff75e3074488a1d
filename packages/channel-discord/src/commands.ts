import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  InteractionType,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type RESTPutAPIApplicationCommandsJSONBody,
} from '@discordjs/core'
import type { RawFile } from '@discordjs/rest'
import {
  createBackoff,
  type ChannelHost,
  type Command,
  type MessageEnvelope,
} from '@junctor/channel'
import { hasCode, JunctorError } from '@junctor/errors'
import type { Calls } from './calls.ts'
import type { Work } from './lane.ts'
import { readSender, rolesOf } from './message.ts'
import type { Timing } from './options.ts'
import type { FindPlace } from './places.ts'
import { epochMsOf } from './snowflake.ts'

export interface CommandsOptions {
  readonly host: ChannelHost
  readonly calls: Calls
  readonly findPlace: FindPlace
  readonly timing: Timing
  readonly botId: string
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Discord's menu of commands, and the answers to those that people use. */
export interface Commands {
  /** Put the host's commands into the menu. */
  offer(): Promise<void>
  /** Acknowledge a command at once; the work hands it over as a message. */
  take(interaction: APIInteraction): Work
  /** Answer a command that waits there, if one does. */
  answer(answer: CommandAnswer): Promise<APIMessage | undefined>
}

export interface CommandAnswer {
  readonly channelId: string
  /** The command, where the answer names it. Otherwise the one that waits longest. */
  readonly replyTo: string | undefined
  readonly idempotencyKey: string
  readonly body: { readonly content: string; readonly allowed_mentions: object }
  readonly files: readonly RawFile[]
  readonly signal: AbortSignal
}

interface Waiting {
  readonly token: string
  readonly applicationId: string
  readonly channelId: string
  readonly acknowledged: Promise<boolean>
  readonly expiresAtMs: number
  /** The message that answers it. */
  answeredBy?: string
}

/** https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages */
const tokenLifetimeMs = 15 * 60_000
const marginMs = 30_000
const alreadyAcknowledged = 40_060

export function createCommands(options: CommandsOptions): Commands {
  const { host, calls, findPlace, botId, now, signal } = options
  const waiting = new Map<string, Waiting>()

  const acknowledge = async ({ id, token }: APIInteraction): Promise<boolean> => {
    try {
      await calls.run('acknowledge', signal, (joined) =>
        calls.api.interactions.defer(id, token, {}, { signal: joined }),
      )
      return true
    } catch (error) {
      const code = JunctorError.isInstance(error) ? error.details?.['errorCode'] : undefined
      // Replayed after a restart: the acknowledgement went out before.
      if (code === alreadyAcknowledged) return true
      host.log.warn({ error }, 'Discord command was not acknowledged in time')
      return false
    }
  }

  const withdraw = async (interactionId: string): Promise<void> => {
    const entry = waiting.get(interactionId)
    waiting.delete(interactionId)
    if (!entry || !(await entry.acknowledged)) return
    await calls
      .run('withdraw', signal, (joined) =>
        calls.api.interactions.deleteReply(entry.applicationId, entry.token, '@original', {
          signal: joined,
        }),
      )
      .catch((error: unknown) => {
        host.log.debug({ error }, 'Discord: the sign of a refused command could not be removed')
      })
  }

  const readCommand = async (
    interaction: APIChatInputApplicationCommandInteraction,
  ): Promise<MessageEnvelope> => {
    const { member, guild_id: guildId, channel, id } = interaction
    const user = member?.user ?? interaction.user
    if (!user) throw new TypeError('The interaction has no user')
    const place = await findPlace({ channelId: channel.id, guildId, userId: user.id })
    return {
      type: 'message',
      nativeId: id,
      ...place,
      ...rolesOf(member),
      sender: readSender(user, member, botId),
      sentAt: epochMsOf(id),
      text: textOf(interaction),
      // A command goes to the bot that offers it.
      mentions: { self: true, ids: [] },
      attachments: [],
    }
  }

  return {
    async offer() {
      if (!host.commands) return
      const body = host.commands.flatMap((command) => toCommand(command, host))
      const backoff = createBackoff(options.timing)
      while (!signal.aborted) {
        try {
          await calls.run('commands', signal, async (joined) => {
            const { id } = await calls.api.applications.getCurrent({ signal: joined })
            await calls.api.applicationCommands.bulkOverwriteGlobalCommands(id, body, {
              signal: joined,
            })
          })
          return
        } catch (error) {
          if (signal.aborted) return
          host.log.warn({ error }, 'Discord commands were not put into the menu')
          if (!hasCode(error, 'UNAVAILABLE', 'UNKNOWN', 'RATE_LIMITED')) return
          await backoff.pause(signal, error.retryAfterMs)
        }
      }
    },

    take(interaction) {
      if (!isChatCommand(interaction)) return async () => {}
      for (const [id, { expiresAtMs }] of waiting) if (expiresAtMs <= now()) waiting.delete(id)
      waiting.set(interaction.id, {
        token: interaction.token,
        applicationId: interaction.application_id,
        channelId: interaction.channel.id,
        acknowledged: acknowledge(interaction),
        expiresAtMs: now() + tokenLifetimeMs - marginMs,
      })
      let envelope: MessageEnvelope | undefined
      return async () => {
        envelope ??= await readCommand(interaction)
        if ((await host.receive(envelope)) === 'refused') await withdraw(interaction.id)
      }
    },

    async answer({ channelId, replyTo, idempotencyKey, body, files, signal: calling }) {
      const found = [...waiting].find(([id, entry]) =>
        replyTo === undefined ? entry.channelId === channelId : id === replyTo,
      )
      if (!found) return undefined
      const [id, entry] = found
      const isOpen = entry.expiresAtMs > now() && (await entry.acknowledged)
      if (!isOpen) waiting.delete(id)
      if (!isOpen || (entry.answeredBy ?? idempotencyKey) !== idempotencyKey) return undefined
      entry.answeredBy = idempotencyKey
      try {
        const { applicationId, token } = entry
        const form = { ...body, ...(files.length > 0 ? { files: [...files] } : {}) }
        const message = await calls.api.interactions.editReply(
          applicationId,
          token,
          form,
          '@original',
          { signal: calling },
        )
        waiting.delete(id)
        return message
      } catch (error) {
        // Somebody removed it, or its time is over: the answer becomes a message like any other.
        if (!hasCode(calls.toError(error, 'send'), 'NOT_FOUND')) throw error
        waiting.delete(id)
        return undefined
      }
    },
  }
}

function isChatCommand(
  interaction: APIInteraction,
): interaction is APIChatInputApplicationCommandInteraction {
  return (
    interaction.type === InteractionType.ApplicationCommand &&
    interaction.data.type === ApplicationCommandType.ChatInput
  )
}

function textOf({ data }: APIChatInputApplicationCommandInteraction): string {
  const given = data.options?.find(({ name }) => name === argumentsName)
  const text = given?.type === ApplicationCommandOptionType.String ? given.value : ''
  return text === '' ? `/${data.name}` : `/${data.name} ${text}`
}

const argumentsName = 'arguments'

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
function toCommand(
  { name, description }: Command,
  host: ChannelHost,
): RESTPutAPIApplicationCommandsJSONBody {
  const lower = name.toLowerCase()
  if (!/^[-_'\p{L}\p{N}]{1,32}$/u.test(lower)) {
    host.log.warn({ command: name }, `Discord has no command "${name}": its name is not allowed`)
    return []
  }
  const text = [...description].slice(0, 100).join('')
  return [
    {
      name: lower,
      description: text === '' ? lower : text,
      type: ApplicationCommandType.ChatInput,
      integration_types: [ApplicationIntegrationType.GuildInstall],
      contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
      options: [
        {
          type: ApplicationCommandOptionType.String,
          name: argumentsName,
          description: 'What to say with it',
          required: false,
        },
      ],
    },
  ]
}
