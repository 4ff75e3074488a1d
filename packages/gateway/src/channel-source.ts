import type { Channel } from '@junctor/channel'
import { GatewayError } from './errors.ts'

/** A channel, or how to load it: called when the config first uses the channel. */
export type ChannelSource = Channel | (() => Promise<Channel>)

export interface ChannelSources {
  /** By the name that the config uses. A function is called when the config first uses the channel. */
  readonly channels: { readonly [id: string]: ChannelSource }
  /**
   * Loads a channel that `channels` does not have from the npm package that the config names for it. Default: such a
   * channel is refused. `@junctor/isolated-channel` runs one in a process of its own.
   */
  readonly loadPackage?: ((packageName: string, channelId: string) => Promise<Channel>) | undefined
}

/** Rejects with `UNKNOWN_CHANNEL`. */
export async function loadChannel(
  { channels, loadPackage }: ChannelSources,
  id: string,
  packageName: string | undefined,
): Promise<Channel> {
  const source = Object.hasOwn(channels, id) ? channels[id] : undefined
  if (source !== undefined) return typeof source === 'function' ? source() : source
  if (packageName !== undefined && loadPackage !== undefined) return loadPackage(packageName, id)
  const known = Object.keys(channels).join(', ')
  throw new GatewayError(
    'UNKNOWN_CHANNEL',
    `channels.${id} is configured, but this gateway has no channel "${id}" (it has ${known}).`,
  )
}
