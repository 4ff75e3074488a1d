import { element } from './dom.js'
import { loadWhy } from './gateway.js'

/**
 * A disclosure that asks the gateway, each time it is opened, what happened to a message.
 *
 * @param {() => string} idOf
 */
export function createWhyView(idOf) {
  const story = element('div', {
    class: 'story',
    'data-testid': 'why-story',
    'aria-live': 'polite',
  })
  const view = element(
    'details',
    { class: 'why', 'data-testid': 'why' },
    element('summary', {}, 'Why this agent?'),
    story,
  )
  const tell = async () => {
    if (story.childNodes.length === 0) story.replaceChildren('Loading…')
    try {
      story.replaceChildren(...(await loadWhy(idOf())).flatMap(renderExplanation))
    } catch (error) {
      const isUnknown = error.status === 404
      story.replaceChildren(
        isUnknown ? 'Nothing is recorded about this message yet.' : error.message,
      )
    }
  }
  view.addEventListener('toggle', () => {
    if (view.open) void tell()
  })
  return view
}

function renderExplanation({ summary, steps }) {
  return [
    element('p', {}, element('strong', {}, summary)),
    element('ol', {}, ...steps.map(renderStep)),
  ]
}

function renderStep({ at, step, text, details }) {
  const time = element('time', { datetime: new Date(at).toISOString() }, clock.format(at))
  const item = element('li', { 'data-testid': 'why-step', 'data-step': step }, text, ' ', time)
  if (!isEmpty(details)) {
    const json = JSON.stringify(details, null, 2)
    const code = element('pre', { tabindex: '0' }, element('code', {}, json))
    item.append(' ', element('details', {}, element('summary', {}, 'Details'), code))
  }
  return item
}

function isEmpty(details) {
  return (
    details === null ||
    details === undefined ||
    details === '' ||
    (typeof details === 'object' && Object.keys(details).length === 0)
  )
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
