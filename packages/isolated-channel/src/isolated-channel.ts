import type { Capabilities, Channel } from '@junctor/channel'
import { ChannelPackageError } from './errors.ts'
import { findPackage } from './find-package.ts'
import { startGuest } from './guest.ts'
import { openIsolated } from './isolated-connection.ts'
import type { Failure, IsolatedProcess } from '@junctor/isolation'

export interface IsolatedChannelOptions {
  /** The npm package that exports `channel`. */
  readonly packageName: string
  /** Absolute folders whose `node_modules` (or those above) may hold it; the first that does is taken. */
  readonly from: readonly string[]
  /** The name under which the config has it: the `id` that the channel must give itself. */
  readonly channelId: string
  /** Heap of one account's process, in MiB. Default 256. */
  readonly memoryLimitMb?: number
  /** How long a process may not answer before it is ended and started anew. Default 30,000. */
  readonly silenceMs?: number
  /** Before a process that ended is started anew; doubles up to a minute. Default 1,000. */
  readonly firstRestartMs?: number
  /** From 0 up to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
}

/**
 * A channel from a package, as any other channel. Each account runs in a process of its own, which is started anew when it
 * ends. Throws `ChannelPackageError`.
 */
export async function loadIsolatedChannel(options: IsolatedChannelOptions): Promise<Channel> {
  const { packageName, from, channelId, memoryLimitMb = 256 } = options
  const { silenceMs = 30_000, firstRestartMs = 1_000, random = Math.random } = options
  const found = findPackage(packageName, from)
  const about = { packageName, found, memoryLimitMb }

  /** Loads the package once more, for one question. */
  const ask = async <Answer>(
    question: (guest: IsolatedProcess) => Promise<Answer>,
  ): Promise<Answer> => {
    const guest = startGuest({ ...about, handlers: {}, toError: asPackageError, printed: () => {} })
    const impatience = setTimeout(guest.kill, silenceMs)
    try {
      return await question(guest)
    } finally {
      clearTimeout(impatience)
      guest.kill()
      await guest.ended
    }
  }
  const asPackageError = ({ message }: Failure): Error =>
    new ChannelPackageError(
      'PACKAGE_FAILED',
      `${packageName} failed while it was loaded: ${message}`,
    )

  const capabilities = checkChannel(
    options,
    await ask(({ wire }) => wire.call('load', [found.entry])),
  )

  return {
    spec: 'channel-v1',
    id: channelId,
    capabilities,
    config: {
      '~standard': {
        version: 1,
        vendor: packageName,
        validate: (value) =>
          ask(async ({ wire }) => {
            await wire.call('load', [found.entry])
            return wire.call('validate', [value])
          }),
      },
    },
    open: (config, host) =>
      openIsolated({ ...about, channelId, silenceMs, firstRestartMs, random }, config, host),
  }
}

function checkChannel(
  { packageName, channelId }: IsolatedChannelOptions,
  described: unknown,
): Capabilities {
  if (typeof described !== 'object' || described === null)
    throw new ChannelPackageError(
      'NOT_A_CHANNEL',
      `The package "${packageName}" exports no object called "channel": it is no Junctor channel.`,
    )
  const { spec, id, capabilities } = described as { readonly [key: string]: unknown }
  if (spec !== 'channel-v1')
    throw new ChannelPackageError(
      'INCOMPATIBLE_SPEC',
      `The package "${packageName}" speaks ${String(spec)}, and this gateway speaks channel-v1: install a version of one of them that fits the other.`,
    )
  if (id !== channelId)
    throw new ChannelPackageError(
      'NOT_A_CHANNEL',
      `The package "${packageName}" is the channel "${String(id)}": configure it as channels.${String(id)}, not as channels.${channelId}.`,
    )
  if (!isCapabilities(capabilities))
    throw new ChannelPackageError(
      'NOT_A_CHANNEL',
      `The channel of "${packageName}" does not say what it can do: its "capabilities" lack a positive "maxTextLength".`,
    )
  return capabilities
}

function isCapabilities(value: unknown): value is Capabilities {
  if (typeof value !== 'object' || value === null || !('maxTextLength' in value)) return false
  return typeof value.maxTextLength === 'number' && value.maxTextLength > 0
}
