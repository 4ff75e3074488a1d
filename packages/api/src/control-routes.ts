import { Hono } from 'hono'
import { agentRoutes } from './agent-routes.ts'
import { approvalRoutes } from './approval-routes.ts'
import { cronRoutes } from './cron-routes.ts'
import type { Auth } from './auth.ts'
import { canvasRoutes } from './canvas-routes.ts'
import type { ControlPlane } from './control-plane.ts'
import { parseConversationQuery } from './conversation-query.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'
import { nodeRoutes } from './node-routes.ts'
import { answered, registrationRoutes } from './registration-routes.ts'
import { pairingRoutes } from './pairing-routes.ts'

export interface ControlRoutesOptions {
  readonly control: ControlPlane
  readonly auth: Auth
  readonly publicUrl: string | undefined
}

/** Everything below `/api/v1`, for requests that are authenticated already. */
export function controlRoutes({
  control,
  auth,
  publicUrl,
}: ControlRoutesOptions): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/status', async (context) => context.json(await control.status()))

  routes.get('/channels/:channel/:account/qr.svg', async (context) => {
    const { channel, account } = context.req.param()
    const { channels } = await control.status()
    const { qr } =
      channels.find((each) => each.channel === channel && each.accountId === account) ?? {}
    if (qr === undefined) {
      throw new ApiError('NOT_FOUND', `${channel}/${account} does not wait for a phone to scan`)
    }
    const { renderSVG } = await import('uqr')
    return context.body(renderSVG(qr, { border: 4 }), 200, { 'content-type': 'image/svg+xml' })
  })

  routes.route('/agents', agentRoutes(control))
  routes.route('/agents', cronRoutes(control.cron))

  routes.get('/agents/:id', (context) => {
    const id = context.req.param('id')
    const agent = control.agents().find((each) => each.id === id)
    if (agent === undefined) throw new ApiError('NOT_FOUND', `There is no agent "${id}"`)
    return context.json(agent)
  })

  routes.delete('/agents/:id/state', async (context) =>
    context.json({ rows: await answered(control.registrations.purge(context.req.param('id'))) }),
  )

  routes.route('/registrations', registrationRoutes(control.registrations))

  routes.get('/why/:id', async (context) => {
    const id = context.req.param('id')
    const explanations = await control.why(id)
    if (explanations.length === 0) {
      throw new ApiError('NOT_FOUND', `Nothing is recorded about message "${id}"`)
    }
    return context.json({ explanations })
  })

  routes.get('/conversation', async (context) => {
    const { address, options } = parseConversationQuery(new URL(context.req.url).searchParams)
    return context.json({ entries: await control.conversation(address, options) })
  })

  routes.route('/pairing', pairingRoutes(control.pairing))
  routes.route('/nodes', nodeRoutes(control.nodes))
  routes.route('/canvases', canvasRoutes(control.canvases))
  routes.route('/approvals', approvalRoutes(control.approvals))

  routes.post('/login-links', (context) => {
    // A browser session must not be able to multiply itself.
    if (context.get('identity').kind !== 'token') {
      throw new ApiError('FORBIDDEN', 'Only a bearer token can create login links')
    }
    return context.json(auth.createLoginLink(publicUrl ?? context.req.url), 201)
  })

  routes.post('/logout', async (context) => {
    context.header('set-cookie', await auth.logout(context.req.raw))
    return context.json({ ok: true })
  })

  return routes
}
