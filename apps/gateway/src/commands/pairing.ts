import {
  createPairing,
  type Pairing,
  type PairingApproval,
  type PairingPlace,
  type PairingRequest,
} from '@junctor/gateway'
import { hasCode } from '@junctor/errors'
import { Option, type Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'
import { withOwnStore, withReadOnlyStore } from '../read-store.ts'
import { table } from '../table.ts'

interface PlaceOptions {
  readonly channel?: string
  readonly account?: string
  readonly json?: boolean
}

interface ApproveOptions extends PlaceOptions {
  readonly session: 'own' | 'main'
}

export function addPairingCommands(program: Command, context: CliContext): void {
  const pairing = program
    .command('pairing')
    .description('strangers who ask to be let in, and those who were')

  const command = (name: string, description: string): Command =>
    pairing
      .command(name)
      .description(description)
      .option('--channel <channel>', 'only on this channel')
      .option('--account <id>', 'only on this account')
      .option('--json', 'print JSON')

  command('list', 'who waits, and who was let in').action(async (options: PlaceOptions) => {
    const found = await withReadOnlyStore(context, (store) => createPairing({ store }).list())
    const requests = found.requests.filter((request) => isAt(request, options))
    const approvals = found.approvals.filter((approval) => isAt(approval, options))
    if (options.json === true)
      return context.print(JSON.stringify({ requests, approvals }, undefined, 2))
    for (const line of listLines(requests, approvals)) context.print(line)
  })

  command('approve', 'let somebody in from their next message on')
    .argument('<code|id>', 'the code that they were given, or the id that `pairing list` shows')
    .addOption(
      new Option(
        '--session <session>',
        'own: a conversation of their own; main: as the config says',
      )
        .choices(['own', 'main'])
        .default('own'),
    )
    .action(async (id: string, { session, ...options }: ApproveOptions) => {
      const body = { id, ...placeOf(options), session }
      const { approval } = await change(context, 'approve', body, async (direct) => ({
        approval: await direct.approve(id, body),
      }))
      answer(context, options, approval, `${nameOf(approval)} may write to ${placeText(approval)}.`)
    })

  command('reject', 'forget a request; its sender gets no other code for a day')
    .argument('<code|id>', 'of the request')
    .action(async (id: string, options: PlaceOptions) => {
      const body = { id, ...placeOf(options) }
      const { request } = await change(context, 'reject', body, async (direct) => ({
        request: await direct.reject(id, body),
      }))
      answer(context, options, request, `The request of ${nameOf(request)} is forgotten.`)
    })

  command('revoke', 'shut somebody out again')
    .argument('<id>', 'of the approval, or of the sender')
    .action(async (id: string, options: PlaceOptions) => {
      const body = { id, ...placeOf(options) }
      const { approval } = await change(context, 'revoke', body, async (direct) => ({
        approval: await direct.revoke(id, body),
      }))
      answer(
        context,
        options,
        approval,
        `${nameOf(approval)} is a stranger on ${placeText(approval)} again.`,
      )
    })
}

/** Through the running gateway, and on the store itself where none runs. */
async function change<Result>(
  context: CliContext,
  verb: 'approve' | 'reject' | 'revoke',
  body: object,
  directly: (pairing: Pairing) => Promise<Result>,
): Promise<Result> {
  try {
    return (await callGateway(context, 'POST', `/api/v1/pairing/${verb}`, body)) as Result
  } catch (error) {
    if (!hasCode(error, 'NOT_RUNNING')) throw error
  }
  try {
    return await withOwnStore(context, (store) => directly(createPairing({ store })))
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_PAIRING'))
      throw new CliError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'AMBIGUOUS_PAIRING'))
      throw new CliError('USAGE', error.message, { cause: error })
    throw error
  }
}

function answer(
  context: CliContext,
  { json = false }: PlaceOptions,
  result: object,
  text: string,
): void {
  context.print(json ? JSON.stringify(result, undefined, 2) : text)
}

function placeOf({ channel, account }: PlaceOptions): PairingPlace {
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(account === undefined ? {} : { accountId: account }),
  }
}

type Placed = Pick<PairingApproval, 'channel' | 'accountId' | 'senderId' | 'senderName'>

function isAt({ channel, accountId }: Placed, options: PlaceOptions): boolean {
  return (options.channel ?? channel) === channel && (options.account ?? accountId) === accountId
}

function listLines(
  requests: readonly PairingRequest[],
  approvals: readonly PairingApproval[],
): readonly string[] {
  const waiting = requests.map((request) => [
    `  ${nameOf(request)}`,
    placeText(request),
    `code ${request.code}`,
    request.id,
    `until ${new Date(request.expiresAt).toISOString()}`,
  ])
  const letIn = approvals.map((approval) => [
    `  ${nameOf(approval)}`,
    placeText(approval),
    `session ${approval.session}`,
    approval.id,
    `since ${new Date(approval.approvedAt).toISOString()}`,
  ])
  return [
    ...(waiting.length === 0 ? ['Nobody waits to be let in.'] : ['Waiting', ...table(waiting)]),
    ...(letIn.length === 0 ? [] : ['', 'Let in', ...table(letIn)]),
  ]
}

function nameOf({ senderId, senderName }: Placed): string {
  return senderName === undefined ? senderId : `${senderName} (${senderId})`
}

function placeText({ channel, accountId }: Placed): string {
  return `${channel}/${accountId}`
}
