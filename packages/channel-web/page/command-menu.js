import { byId, element } from './dom.js'
import { loadCommands } from './gateway.js'

/**
 * Offers the gateway's commands while somebody writes one. Arrows choose, Enter and Tab take, Escape closes.
 *
 * @param {HTMLTextAreaElement} text
 * @returns {{ takesKey: (event: KeyboardEvent) => boolean, close: () => void }}
 */
export function createCommandMenu(text) {
  const list = byId('commands')
  /** @type {{ name: string, description: string }[]} */
  let known = []
  let offered = known
  let chosen = 0

  const show = () => {
    list.hidden = offered.length === 0
    list.replaceChildren(
      ...offered.map(({ name, description }, index) =>
        element(
          'li',
          { id: `command-${name}`, role: 'option', 'aria-selected': String(index === chosen) },
          element('b', {}, `/${name}`),
          ` ${description}`,
        ),
      ),
    )
    if (list.hidden) text.removeAttribute('aria-activedescendant')
    else text.setAttribute('aria-activedescendant', `command-${offered[chosen].name}`)
  }

  const look = () => {
    const begun = /^\/([a-z]*)$/.exec(text.value)?.[1]
    offered = begun === undefined ? [] : known.filter(({ name }) => name.startsWith(begun))
    chosen = 0
    show()
  }

  const close = () => {
    offered = []
    show()
  }

  const take = (index) => {
    text.value = `/${offered[index].name} `
    close()
    text.focus()
  }

  text.addEventListener('input', look)
  // Before the text field loses the focus.
  list.addEventListener('pointerdown', (event) => {
    const option = event.target instanceof Element ? event.target.closest('li') : null
    if (option === null) return
    event.preventDefault()
    take([...list.children].indexOf(option))
  })

  loadCommands()
    .then((commands) => {
      known = commands
      look()
    })
    .catch(() => {
      // Without the list they can still be written.
    })

  return {
    close,
    takesKey(event) {
      if (list.hidden || event.isComposing) return false
      const whole = text.value === `/${offered[chosen].name}`
      if (event.key === 'Enter' && whole) return false
      if (event.key === 'ArrowDown') chosen = (chosen + 1) % offered.length
      else if (event.key === 'ArrowUp') chosen = (chosen + offered.length - 1) % offered.length
      else if (event.key === 'Escape') offered = []
      else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) {
        take(chosen)
        return true
      } else return false
      show()
      return true
    },
  }
}
