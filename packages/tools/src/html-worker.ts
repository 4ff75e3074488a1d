import { parentPort, workerData } from 'node:worker_threads'
import TurndownService from 'turndown'

/** The code of a worker: turns one page into Markdown. A page that takes for ever or fills the memory ends with the worker. */
const { html, url }: PageJob = workerData

interface PageJob {
  readonly html: string
  readonly url: string
}

const turndown = new TurndownService({
  headingStyle: 'atx',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
})
turndown.remove(['script', 'style', 'noscript', 'template', 'iframe', 'object', 'canvas'])
turndown.addRule('title', {
  filter: 'title',
  replacement: (content) => `# ${content.replaceAll(/\s+/g, ' ').trim()}\n\n`,
})
turndown.addRule('links', {
  filter: 'a',
  replacement: (content, node) => {
    const text = content.replaceAll(/\s+/g, ' ').trim()
    const target = absolute(node.getAttribute('href'))
    return text === '' || target === undefined ? text : `[${text}](${target})`
  },
})
turndown.addRule('images', {
  filter: 'img',
  replacement: (_, node) => {
    const alt = (node.getAttribute('alt') ?? '').replaceAll(/\s+/g, ' ').trim()
    return alt === '' ? '' : `![${alt}](${absolute(node.getAttribute('src')) ?? ''})`
  },
})
turndown.addRule('cells', {
  filter: ['td', 'th'],
  replacement: (content) => ` ${content.replaceAll(/\s+/g, ' ').trim()} |`,
})
turndown.addRule('rows', {
  filter: 'tr',
  replacement: (content) => (content.trim() === '' ? '' : `|${content.replaceAll('\n', '')}\n`),
})

/** Undefined for what is no address of the web: a script, an inlined image. */
function absolute(address: string | null): string | undefined {
  if (address === null || !URL.canParse(address, url)) return undefined
  const target = new URL(address, url)
  return target.protocol === 'http:' || target.protocol === 'https:' ? target.href : undefined
}

parentPort?.postMessage(turndown.turndown(html))
