import { describe, it } from 'node:test'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { channel } from 'junctor-channel-irc'
import { ircHarness } from './harness.ts'

const keepsNothing = 'an IRC server keeps nothing for those who are away'
const acknowledgesNothing = 'IRC has no acknowledgements: a server writes a line once'

channelSuite({
  describe: (name, body) => void describe(name, body),
  it: (name, body) => void it(name, body),
  name: 'irc',
  capabilities: channel.capabilities,
  harness: ircHarness,
  notApplicable: {
    'hands over what was written while it was closed': keepsNothing,
    'receives nothing after close': keepsNothing,
    "stops receiving when the host's signal aborts": keepsNothing,
    'reports an outage, comes back by itself and goes on receiving': keepsNothing,
    'acknowledges an event only after receive has resolved': acknowledgesNothing,
    'offers an event again that could not be stored': acknowledgesNothing,
    'lets nothing overtake an event that could not be stored': acknowledgesNothing,
    'acknowledges duplicates and refused events': acknowledgesNothing,
    'hands over the events of one peer in order, one at a time': acknowledgesNothing,
    'takes an answer to its own message as a call': 'a reply tag names a message, not its author',
    'posts markdown without losing its words, finished or not': 'each line is a message of its own',
    'reports a rate limit with the time to wait, and leaves the waiting to the caller':
      'a server does not say how long to wait',
    'says so when another process takes its connection over': 'two connections have two nicks',
  },
})
