import { registerHooks } from 'node:module'

// Points the channel of a whole process at the server of a test: there is no setting for it, on purpose.
const channel = new URL('whatsapp-channel.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@junctor/channel-whatsapp' && context.parentURL !== channel
      ? next(channel, context)
      : next(specifier, context),
})
