/**
 * Creates an element. Text goes in as text, never as markup.
 *
 * @param {string} name
 * @param {Record<string, string | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const created = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) created.setAttribute(key, value)
  }
  created.append(...children)
  return created
}

/**
 * An element that the page's markup contains.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}

/** A button that does something once a time, and says what went wrong. */
export function actionButton(label, problem, act) {
  const created = element('button', { type: 'button', class: 'quiet' }, label)
  created.addEventListener('click', () => {
    created.disabled = true
    act()
      .then(() => '')
      .catch((error) => error.message)
      .then((text) => {
        problem.textContent = text
        problem.hidden = text === ''
        created.disabled = false
      })
  })
  return created
}
