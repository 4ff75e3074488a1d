import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each([
  ['modle', 'model'],
  ['Workspce', 'workspace'],
  ['tols', 'tools'],
  ['x', undefined],
  ['zebra', undefined],
  ['m'.repeat(65), undefined],
])('takes %j for %j', (word, meant) => {
  expect(nearest(word, ['model', 'workspace', 'tools', 'id'])).toBe(meant)
})
