import { expect, it } from 'vitest'
import { compileHostList } from '../../src/web/host-list.ts'
import { isPublicAddress } from '../../src/web/public-address.ts'

it.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '0:0:0:0:0:ffff:7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:7f00:1::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%lo',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
  '127.1',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each([
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.0.1',
  '172.32.0.1',
  '192.169.0.1',
  '223.255.255.255',
  '2001:4860:4860::8888',
  '2606:4700:4700::1111',
  '2a00:1450:4001:80b::200e',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it('lists hosts by name, by what stands below a name and by address, with or without a port', () => {
  const isListed = compileHostList([
    'Wiki.Corp.Example',
    '*.lab.example:8080',
    '10.0.0.5',
    '10.0.0.6:81',
    'fd00:0::5',
    '[fd00::6]:81',
  ])
  for (const [host, port] of [
    ['wiki.corp.example', 80],
    ['WIKI.corp.example.', 443],
    ['a.lab.example', 8080],
    ['10.0.0.5', 1],
    ['10.0.0.6', 81],
    ['fd00::5', 1],
    ['[fd00:0:0::6]', 81],
  ] as const)
    expect(isListed(host, port), host).toBe(true)
  for (const [host, port] of [
    ['corp.example', 80],
    ['x.wiki.corp.example', 80],
    ['wiki.corp.example.evil.example', 80],
    ['lab.example', 8080],
    ['evillab.example', 8080],
    ['a.lab.example', 80],
    ['10.0.0.6', 80],
    ['10.0.0.50', 80],
    ['fd00::6', 82],
    ['fd00::7', 81],
  ] as const)
    expect(isListed(host, port), host).toBe(false)
})
