import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Resolver } from 'node:dns/promises'

export interface DnsServer {
  /** Names that were asked for, in order. */
  readonly asked: readonly string[]
  /** Finds the IPv4 addresses of a name by asking this server, anew each time. */
  resolve(name: string): Promise<readonly string[]>
  close(): void
}

/** A name server on loopback. `answer` gives the IPv4 addresses of a name; it is asked `count` for the first time at 1. */
export async function startDnsServer(
  answer: (name: string, count: number) => readonly string[],
): Promise<DnsServer> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query)
    asked.push(name)
    const addresses = answer(name, asked.filter((one) => one === name).length)
    socket.send(reply(query, end + 4, addresses), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    asked,
    resolve: (name) => resolver.resolve4(name),
    close: () => void socket.close(),
  }
}

const HEADER_LENGTH = 12

function readName(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let at = HEADER_LENGTH
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}

/** The question again, and an A record without a lifetime for each address (RFC 1035, section 4). */
function reply(query: Buffer, questionEnd: number, addresses: readonly string[]): Buffer {
  const header = Buffer.from(query.subarray(0, HEADER_LENGTH))
  header.writeUInt16BE(addresses.length === 0 ? 0x81_83 : 0x81_80, 2)
  header.writeUInt16BE(addresses.length, 6)
  header.writeUInt32BE(0, 8)
  const records = addresses.map((address) => {
    const record = Buffer.from([0xc0, HEADER_LENGTH, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4])
    return Buffer.concat([record, Buffer.from(address.split('.').map(Number))])
  })
  return Buffer.concat([header, query.subarray(HEADER_LENGTH, questionEnd), ...records])
}
