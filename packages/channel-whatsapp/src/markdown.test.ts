import { expect, it } from 'vitest'
import { toWhatsAppMarks } from './markdown.ts'

it.each([
  ['**bold** _italic_ *also* ~~gone~~', '*bold* _italic_ _also_ ~gone~'],
  ['***both***', '_*both*_'],
  ['# Title with **bold**', '*Title with bold*'],
  ['`code` stays', '`code` stays'],
  ['```ts\nconst a = 1 * 2\n```', '```const a = 1 * 2```'],
  ['> quoted\n> lines\n\nafter', '> quoted\n> lines\n\nafter'],
  ['- a\n- b\n  - c\n\n1. x\n2. y', '- a\n- b\n  - c\n\n1. x\n2. y'],
  ['3. third\n4. fourth', '3. third\n4. fourth'],
  ['- [x] done\n- [ ] open', '- [x] done\n- [ ] open'],
  ['[a link](https://example.org/x)', 'a link (https://example.org/x)'],
  ['<https://example.org> https://example.com', 'https://example.org https://example.com'],
  ['![a cat](https://example.org/c.png)', 'a cat (https://example.org/c.png)'],
  ['| a | b |\n|---|---|\n| 1 | **2** |', 'a | b\n1 | *2*'],
  [String.raw`2 \* 3 and snake_case_name`, '2 * 3 and snake_case_name'],
  ['half **open and `code', 'half **open and `code'],
  ['```js\nlet open = [', '```let open = [```'],
  ['a < b &amp; <b>c</b>', 'a < b &amp; <b>c</b>'],
  ['one\n\n---\n\ntwo', 'one\n\n---\n\ntwo'],
  ['line one\nline two', 'line one\nline two'],
  ['👩‍👩‍👧 **é**', '👩‍👩‍👧 *é*'],
  ['', ''],
])('%j becomes %j', (source, marks) => {
  expect(toWhatsAppMarks(source)).toBe(marks)
})
