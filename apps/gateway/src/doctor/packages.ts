import { realpathSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { placed, type Finding, type World } from './finding.ts'

/** Packages that an installation has only when somebody installed them: channels from packages, and Baileys for WhatsApp. */
export function checkPackages(world: World, from: string = whatsAppPackage()): readonly Finding[] {
  const { config, configPath, stateDir } = world
  const folders = [stateDir, dirname(configPath)]
  return Object.entries(config.channels).flatMap(([channel, accounts]) => {
    const account = Object.values(accounts).find(({ enabled }) => enabled)
    if (account === undefined) return []
    const name = channel === 'whatsapp' ? '@whiskeysockets/baileys' : account.package
    if (name === undefined) return []
    const places =
      channel === 'whatsapp' ? [from] : folders.map((folder) => join(folder, 'from-here.js'))
    const about = { code: 'CHANNEL_PACKAGE', subject: `channel ${channel}` } as const
    if (places.some((place) => isInstalled(name, place)))
      return [{ ...about, severity: 'ok', message: `${name} is installed` }]
    const prefix = channel === 'whatsapp' ? '' : ` --prefix ${stateDir}`
    const finding = {
      ...about,
      severity: 'error',
      message: `needs the package ${name}, which is not installed`,
      hint: `npm install${prefix} ${name}`,
    } as const
    return [placed(finding, world, ['channels', channel])]
  })
}

/** What the WhatsApp channel needs is looked for from where it is. */
function whatsAppPackage(): string {
  const manifest = findPackageJSON('@junctor/channel-whatsapp', import.meta.url)
  return manifest === undefined ? import.meta.url : pathToFileURL(realpathSync(manifest)).href
}

function isInstalled(name: string, from: string): boolean {
  try {
    return (
      findPackageJSON(name, from.startsWith('file:') ? from : pathToFileURL(from)) !== undefined
    )
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      return false
    throw error
  }
}
