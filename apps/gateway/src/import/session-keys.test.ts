import { parseSessionKey } from '@junctor/session-key'
import { describe, expect, it } from 'vitest'
import { mapSessionKey, type KeyReading } from './session-keys.ts'

const reading: KeyReading = {
  agentId: 'home',
  mainKeys: ['main', 'chat'],
  mainKey: 'talk',
  accountOf: (channel) => (channel === 'telegram' ? 'biz' : 'default'),
  people: ['Alice'],
}

describe('a session key of the Clawdbot family', () => {
  it.each([
    ['agent:work:main', 'agent:work:talk'],
    ['agent:work:chat', 'agent:work:talk'],
    ['main', 'agent:home:talk'],
    ['agent:work:main:thread:9', 'agent:work:talk:thread:9'],
    ['agent:work:dm:1001', 'agent:work:dm:1001'],
    ['agent:work:dm:alice', 'agent:work:person:Alice'],
    ['agent:work:telegram:dm:1001', 'agent:work:telegram:dm:1001'],
    ['agent:work:telegram:direct:1001', 'agent:work:telegram:dm:1001'],
    ['agent:work:telegram:biz:dm:1001', 'agent:work:telegram:biz:dm:1001'],
    ['agent:work:whatsapp:group:1203@g.us', 'agent:work:whatsapp:group:1203@g.us'],
    ['agent:work:telegram:group:-100:topic:7', 'agent:work:telegram:biz:group:-100:topic:7'],
    ['agent:work:discord:channel:77', 'agent:work:discord:channel:77'],
    ['agent:work:slack:channel:c0ab1:thread:17.5', 'agent:work:slack:channel:C0AB1:thread:17.5'],
    ['agent:work:slack:dm:u0ab1', 'agent:work:slack:dm:U0AB1'],
    ['agent:work:matrix:group:!a:b.org', 'agent:work:matrix:group:!a%3Ab.org'],
    ['agent:work:subagent:1-2', 'agent:work:subagent:1-2'],
    ['whatsapp:group:1203@g.us', 'agent:home:whatsapp:group:1203@g.us'],
    ['group:1203@g.us', 'agent:home:whatsapp:group:1203@g.us'],
    ['1203-4@g.us', 'agent:home:whatsapp:group:1203-4@g.us'],
    ['+15550001111', 'agent:home:whatsapp:dm:+15550001111'],
    ['telegram:1001', 'agent:home:telegram:dm:1001'],
    ['discord:channel:77', 'agent:home:discord:channel:77'],
  ])('%s is %s', (theirs, ours) => {
    const mapped = mapSessionKey(theirs, reading)
    expect(mapped).toMatchObject({ key: ours })
    expect(parseSessionKey(ours).agentId).toBe('agentId' in mapped ? mapped.agentId : '')
  })

  it.each([
    ['agent:work:cron:job-1', 'a scheduled job'],
    ['cron:job-1', 'a scheduled job'],
    ['hook:4f', 'a web hook'],
    ['agent:work:acp:1', 'an editor'],
    ['node-kitchen', 'a device'],
    ['global', 'no place here'],
    ['unknown', 'does not say whose it is'],
    ['agent:Über:main', 'cannot be the id of an agent'],
    ['agent:work:telegram:group:', 'nothing here reads such a key'],
    ['agent:work:a:b:c:group:1', 'nothing here reads such a key'],
    ['whatever', 'nothing here reads such a key'],
    ['', 'nothing here reads such a key'],
  ])('%s has no counterpart, and the reason is said', (theirs, reason) => {
    expect(mapSessionKey(theirs, reading)).toEqual({ reason: expect.stringContaining(reason) })
  })
})
