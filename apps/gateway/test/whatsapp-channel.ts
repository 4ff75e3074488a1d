import process from 'node:process'
import type { Channel } from '@junctor/channel'
import { whatsapp as real } from '@junctor/channel-whatsapp'

/** The channel as the gateway loads it, on the server that the test started. */
export function whatsapp(): Channel {
  const [webSocketUrl = '', mediaUrl = ''] = (process.env['TEST_WHATSAPP_SERVER'] ?? '').split(' ')
  return real({ server: { webSocketUrl, mediaUrl }, firstBackoffMs: 20 })
}
