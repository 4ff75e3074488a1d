import type { ConfigSchema } from '@junctor/channel'

/** Settings of one account, `channels.whatsapp.accounts.<id>`. All of them may be left out: then a QR code is shown. */
export interface WhatsAppConfig {
  /** A folder of `useMultiFileAuthState`: an account that is linked already starts from it, once. */
  readonly authDir?: string
  /** Digits of the number to link by a pairing code instead of a QR code. */
  readonly phoneNumber?: string
}

interface Issue {
  readonly message: string
  readonly path: readonly string[]
}

/** Keys that belong to the gateway stand beside these and are left alone. */
export const whatsAppConfig: ConfigSchema<WhatsAppConfig> = {
  '~standard': { version: 1, vendor: 'junctor', validate },
}

function validate(value: unknown): { value: WhatsAppConfig } | { issues: readonly Issue[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'Expected an object; it may be empty.', path: [] }] }
  }
  const { authDir, phoneNumber } = value as Readonly<Record<string, unknown>>
  const issues: Issue[] = []
  if (authDir !== undefined && (typeof authDir !== 'string' || authDir === '')) {
    issues.push({ message: '`authDir` must be the path of a folder.', path: ['authDir'] })
  }
  const digits = typeof phoneNumber === 'string' ? phoneNumber.replaceAll(/[\s().+-]/g, '') : ''
  if (phoneNumber !== undefined && !/^\d{7,15}$/.test(digits)) {
    const message = '`phoneNumber` must be a number with its country code, like "+15550001111".'
    issues.push({ message, path: ['phoneNumber'] })
  }
  if (issues.length > 0) return { issues }
  return {
    value: {
      ...(typeof authDir === 'string' ? { authDir } : {}),
      ...(phoneNumber === undefined ? {} : { phoneNumber: digits }),
    },
  }
}
