import { GatewayCloseCodes } from '@discordjs/core'

const reasons: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: 'Discord refuses the bot token; set a new `token`',
  [GatewayCloseCodes.InvalidShard]: 'Discord refuses the shard that was asked for',
  [GatewayCloseCodes.ShardingRequired]:
    'the bot is in more guilds than one connection may serve; use several bots',
  [GatewayCloseCodes.InvalidAPIVersion]: 'Discord no longer serves this version of its API',
  [GatewayCloseCodes.InvalidIntents]: 'Discord does not know these `intents`; correct the number',
  [GatewayCloseCodes.DisallowedIntents]:
    'Discord does not allow these `intents`; switch on "Message Content Intent" in the developer portal, or set `intents` without it',
}

/** What a person can do about it, where it makes no sense to connect again. */
export function finalCloseReason(code: number): string | undefined {
  return reasons[code]
}
