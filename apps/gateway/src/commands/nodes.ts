import type { NodeRequestStatus, NodeStatus } from '@junctor/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { table } from '../table.ts'

interface JsonOption {
  readonly json?: boolean
}

export function addNodesCommands(program: Command, context: CliContext): void {
  const nodes = program
    .command('nodes')
    .description('other machines on which agents may run permitted commands')
  const print = (result: object, { json = false }: JsonOption, lines: readonly string[]): void => {
    if (json) context.print(JSON.stringify(result, undefined, 2))
    else for (const line of lines) context.print(line)
  }

  nodes
    .command('list', { isDefault: true })
    .description('those that wait to be paired, and those that are')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption) => {
      const listed = (await callGateway(context, 'GET', '/api/v1/nodes')) as Listed
      print(listed, options, linesOf(listed))
    })

  nodes
    .command('approve')
    .description('pair a machine; which agents may use it stands in the config, under nodes')
    .argument('<code>', 'what the machine shows')
    .option('--json', 'print JSON')
    .action(async (code: string, options: JsonOption) => {
      const { node } = (await callGateway(context, 'POST', requestPath(code, 'approve'), {})) as {
        readonly node: NodeStatus
      }
      print(node, options, [`Node ${node.name} is paired.`])
    })

  nodes
    .command('reject')
    .description('turn a machine away')
    .argument('<code>', 'what the machine shows')
    .option('--json', 'print JSON')
    .action(async (code: string, options: JsonOption) => {
      const { request } = (await callGateway(context, 'POST', requestPath(code, 'reject'), {})) as {
        readonly request: NodeRequestStatus
      }
      print(request, options, [`Node ${request.name} was turned away.`])
    })

  nodes
    .command('remove')
    .description('end a pairing and cut the connection')
    .argument('<name>', 'of the node')
    .option('--json', 'print JSON')
    .action(async (name: string, options: JsonOption) => {
      const path = `/api/v1/nodes/${encodeURIComponent(name)}`
      const { node } = (await callGateway(context, 'DELETE', path)) as { readonly node: NodeStatus }
      print(node, options, [`Node ${node.name} is removed.`])
    })
}

/** One line of a table. */
export function nodeRow({ name, connectedSince, lastSeen, allow = [] }: NodeStatus): string[] {
  if (connectedSince === undefined)
    return [`  ${name}`, 'not connected', `last seen ${new Date(lastSeen).toISOString()}`, '']
  const since = `since ${new Date(connectedSince).toISOString()}`
  return [`  ${name}`, 'connected', since, `permits ${allow.join(', ') || 'nothing'}`]
}

interface Listed {
  readonly requests: readonly NodeRequestStatus[]
  readonly nodes: readonly NodeStatus[]
}

function linesOf({ requests, nodes }: Listed): readonly string[] {
  const waiting = requests.map(({ name, code, expiresAt }) => [
    `  ${name}`,
    `code ${code}`,
    `until ${new Date(expiresAt).toISOString()}`,
  ])
  return [
    ...(waiting.length === 0 ? ['No machine waits to be paired.'] : ['Waiting', ...table(waiting)]),
    ...(nodes.length === 0 ? [] : ['', 'Paired', ...table(nodes.map(nodeRow))]),
  ]
}

function requestPath(code: string, verb: 'approve' | 'reject'): string {
  return `/api/v1/nodes/requests/${encodeURIComponent(code)}/${verb}`
}
