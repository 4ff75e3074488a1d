import type { ChannelSources } from '@junctor/gateway'

/**
 * The built-in channels, each loaded when the config first uses it, and those of packages.
 * `packageFolders`: absolute, the first that has a package first.
 */
export function channelSources(packageFolders: readonly string[]): ChannelSources {
  return {
    channels: {
      discord: async () => (await import('@junctor/channel-discord')).discord(),
      telegram: async () => (await import('@junctor/channel-telegram')).telegram(),
      slack: async () => (await import('@junctor/channel-slack')).slack(),
      whatsapp: async () => (await import('@junctor/channel-whatsapp')).whatsapp(),
      web: async () => (await import('@junctor/channel-web')).web(),
    },
    async loadPackage(packageName, channelId) {
      const { loadIsolatedChannel } = await import('@junctor/isolated-channel')
      return loadIsolatedChannel({ packageName, channelId, from: packageFolders })
    },
  }
}
