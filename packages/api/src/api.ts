import type { Logger } from '@junctor/channel'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Auth } from './auth.ts'
import type { ControlPlane } from './control-plane.ts'
import { controlRoutes } from './control-routes.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'
import { linkSpentPage, loggedInPage, loginNeededPage, renderPage } from './pages.ts'
import {
  requireAllowedHost,
  requireProofOfOrigin,
  requireSameOrigin,
  type AllowedHosts,
} from './request-origin.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { endUnless } from './session-stream.ts'

export interface ApiOptions {
  readonly control: ControlPlane
  readonly auth: Auth
  /** Default: 127.0.0.1, [::1] and localhost, on every port. A list of your own replaces it. */
  readonly allowedHosts?: AllowedHosts
  /** Where people reach the gateway, for login links. Default: the address that the request for a link came in on. */
  readonly publicUrl?: string
  /** The web account that `/` leads to. `false`: there is no page. Default: `default`. */
  readonly web?: { readonly accountId: string } | false
  /** Channels whose requests carry a proof of their own (webhook secrets) and need no session. Default: none. */
  readonly publicChannels?: (channel: string) => boolean
  /** A JSON Schema of the config file, for editors: `/config.schema.json` shows it to anyone. Default: none. */
  readonly configSchema?: object
  /** Default: 1 MiB. */
  readonly maxBodyBytes?: number
  readonly log?: Pick<Logger, 'error'>
}

export interface Api {
  fetch(request: Request): Promise<Response>
}

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost']

/** The gateway's HTTP surface as one function from `Request` to `Response`. Never rejects. */
export function createApi({
  control,
  auth,
  allowedHosts = loopbackHosts,
  publicUrl,
  web = { accountId: 'default' },
  publicChannels = () => false,
  configSchema,
  maxBodyBytes = 1024 * 1024,
  log,
}: ApiOptions): Api {
  const app = new Hono<ApiEnvironment>()

  const requireIdentity: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
    const identity = await auth.authenticate(context.req.raw)
    if (identity === undefined) throw unauthenticated()
    requireProofOfOrigin(context.req.raw, identity)
    context.set('identity', identity)
    await next()
  }

  app.use(async (context, next) => {
    await next()
    addSecurityHeaders(context.res.headers)
  })
  // Before the host check: a probe addresses the machine by whatever name it has, and learns nothing.
  app.get('/healthz', (context) => context.json({ ok: true }))
  app.use(async (context, next) => {
    // A webhook comes under whatever name its platform was told, and proves itself; no browser's rights are at stake.
    const channel = /^\/channels\/([^/]+)\//.exec(context.req.path)?.[1]
    if (channel === undefined || !publicChannels(channel)) {
      requireAllowedHost(context.req.raw, allowedHosts)
      requireSameOrigin(context.req.raw)
    }
    await next()
  })
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new ApiError('TOO_LARGE', `The body is longer than ${maxBodyBytes} bytes`)
      },
    }),
  )

  if (configSchema !== undefined) {
    // An editor has no session, and the schema holds nothing of this installation.
    app.get('/config.schema.json', (context) => context.json(configSchema))
  }

  app.get('/login/:code', async (context) => {
    // Mail scanners and browsers look ahead; only a person's visit may spend the code.
    if (context.req.method === 'HEAD' || isPrefetch(context.req.raw)) {
      return context.body(null, 503)
    }
    const setCookie = await auth.redeem(context.req.param('code'))
    if (setCookie !== undefined) {
      const response = renderPage(loggedInPage, 200)
      response.headers.set('set-cookie', setCookie)
      return response
    }
    const isLoggedIn = (await auth.authenticate(context.req.raw)) !== undefined
    return isLoggedIn ? renderPage(loggedInPage, 200) : renderPage(linkSpentPage, 410)
  })

  app.use('/api/*', requireIdentity)
  app.route('/api/v1', controlRoutes({ control, auth, publicUrl }))

  app.get('/', requireIdentity, (context) => {
    if (web === false) throw notFound(context)
    return context.redirect(`/channels/web/${encodeURIComponent(web.accountId)}/`)
  })

  app.use('/channels/:channel/:account/*', async (context, next) => {
    if (publicChannels(context.req.param('channel'))) await next()
    else await requireIdentity(context, next)
  })
  app.all('/channels/:channel/:account/*', async (context) => {
    const { channel, account } = context.req.param()
    const response = await control.handleRequest(channel, account, context.req.raw)
    if (response === undefined) {
      throw new ApiError(
        'NOT_FOUND',
        `No account "${account}" of channel "${channel}" takes requests`,
      )
    }
    // A copy, because a channel may pass on a response whose headers cannot be changed.
    return new Response(bodyFor(context, response), response)
  })

  app.notFound((context) => {
    throw notFound(context)
  })
  app.onError((error, context) => {
    const known = error instanceof ApiError ? error : unexpected(error, context)
    if (known.code === 'UNAUTHENTICATED' && isPageRequest(context)) {
      return renderPage(loginNeededPage, 401)
    }
    return context.json({ error: { code: known.code, message: known.message } }, known.status)
  })

  /** What a session opened ends with it: the request was allowed, what is written later may not be. */
  function bodyFor(context: Context<ApiEnvironment>, { body, headers }: Response) {
    const isOfSession = context.get('identity')?.kind === 'session'
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
    if (body === null || !isOfSession || !isStream) return body
    const { raw } = context.req
    return endUnless(body, async () => (await auth.authenticate(raw)) !== undefined)
  }

  function unexpected(error: unknown, context: Context): ApiError {
    log?.error({ error, method: context.req.method, path: context.req.path }, 'A request failed')
    return new ApiError('INTERNAL', 'The gateway could not answer; its log has the details', {
      cause: error,
    })
  }

  return { fetch: async (request) => app.fetch(request) }
}

function unauthenticated(): ApiError {
  return new ApiError(
    'UNAUTHENTICATED',
    'Send `Authorization: Bearer <token>`, or log in with the link that `junctor login` prints',
  )
}

function notFound(context: Context): ApiError {
  return new ApiError('NOT_FOUND', `There is no ${context.req.method} ${context.req.path}`)
}

function isPrefetch(request: Request): boolean {
  return /prefetch|preview/i.test(
    `${request.headers.get('sec-purpose')} ${request.headers.get('purpose')}`,
  )
}

function isPageRequest(context: Context): boolean {
  const isHtmlWanted = context.req.header('accept')?.includes('text/html') ?? false
  return isHtmlWanted && context.req.method === 'GET' && !context.req.path.startsWith('/api/')
}
