import { byId, element } from './dom.js'
import { canvasUrl, loadCanvases } from './gateway.js'
import { lookAgain } from './look-again.js'

const everyMs = 3000

/** @type {Map<string, { node: HTMLElement, frame: HTMLIFrameElement, summary: HTMLElement }>} */
const views = new Map()

/** Shows what agents show, and looks again while somebody looks at the page. */
export function followCanvases() {
  lookAgain(everyMs, show)
}

async function show() {
  const canvases = await loadCanvases()
  const keys = new Set(canvases.map(keyOf))
  for (const [key, { node }] of views) {
    if (keys.has(key)) continue
    node.remove()
    views.delete(key)
  }
  for (const canvas of canvases) {
    const view = views.get(keyOf(canvas)) ?? createView(canvas)
    const url = canvasUrl(canvas)
    // What has not changed stays as it is: a frame that is loaded again forgets what was done in it.
    if (view.frame.src !== url) view.frame.src = url
    view.summary.textContent = `${canvas.title} (${canvas.agentId}, ${canvas.sessionKey})`
    view.frame.title = canvas.title
  }
  byId('canvases').hidden = canvases.length === 0
}

function createView(canvas) {
  const summary = element('summary', {})
  // Scripts of its own, and no right to anything: not to our origin, nor to lead this page away.
  const frame = element('iframe', { sandbox: 'allow-scripts', 'data-testid': 'canvas-frame' })
  const node = element('details', { open: '', 'data-testid': 'canvas' }, summary, frame)
  byId('canvases').append(node)
  const view = { node, frame, summary }
  views.set(keyOf(canvas), view)
  return view
}

function keyOf({ agentId, sessionKey }) {
  return `${agentId} ${sessionKey}`
}
