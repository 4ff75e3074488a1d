import { Hono } from 'hono'
import type { ControlPlane } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/**
 * The page of an agent has its own origin, which is nobody's: it reads nothing of ours, loads nothing, sends nothing, opens
 * nothing, and is shown in a frame of ours alone.
 */
const contentSecurityPolicy = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  'media-src data:',
  "webrtc 'block'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Below `/canvases`: what agents show beside their conversations. */
export function canvasRoutes(canvases: ControlPlane['canvases']): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', async (context) => context.json({ canvases: await canvases.list() }))

  routes.get('/:agent', async (context) => {
    const agent = context.req.param('agent')
    const session = context.req.query('session') ?? ''
    // By itself in a tab it could lead away to anywhere: a frame of ours does not let it.
    const place = context.req.header('sec-fetch-dest')
    if (place !== undefined && place !== 'iframe')
      throw new ApiError('FORBIDDEN', 'A canvas is shown on the web page only')
    const canvas = await canvases.get(agent, session)
    if (canvas === undefined)
      throw new ApiError('NOT_FOUND', `Agent "${agent}" shows nothing in session "${session}"`)
    return context.html(canvas.html, 200, {
      'content-security-policy': contentSecurityPolicy,
      'x-frame-options': 'SAMEORIGIN',
    })
  })

  return routes
}
