import { appendFileSync } from 'node:fs'
import process from 'node:process'
import { whatsapp as real } from '@junctor/channel-whatsapp'

/** The channel as a process loads it, on the server that the test started. Writes down what it asks a person to do. */
export function whatsapp(): ReturnType<typeof real> {
  const { env } = process
  const [webSocketUrl = '', mediaUrl = ''] = (env['TEST_WHATSAPP_SERVER'] ?? '').split(' ')
  const qrTimeoutMs = Number(env['TEST_WHATSAPP_QR_MS'] ?? 60_000)
  const askedFile = env['TEST_WHATSAPP_ASKED']
  const channel = real({ server: { webSocketUrl, mediaUrl }, firstBackoffMs: 20, qrTimeoutMs })
  return {
    ...channel,
    open: (config, host) =>
      channel.open(config, {
        ...host,
        report(health) {
          if (askedFile !== undefined && health.state === 'needs-login')
            appendFileSync(askedFile, `${health.qr ?? health.reason}\n`)
          host.report(health)
        },
      }),
  }
}
