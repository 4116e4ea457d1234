import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findPhrases, proseOfMarkdown, proseOfSource } from '../support/words/find-phrases.ts'
import { PHRASES } from '../support/words/phrases.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const isAmong = (file: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(file, glob))

function findingsIn(globs: readonly string[], proseOf: (text: string) => string): string[] {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  const files = tracked.filter((file) => isAmong(file, globs))
  expect(files.length).toBeGreaterThan(4)
  return files.flatMap((file) =>
    findPhrases(proseOf(readFileSync(join(root, file), 'utf8')), PHRASES).map(
      ({ line, found, better }) => `${file}:${line}: "${found}": write "${better}"`,
    ),
  )
}

test('the documentation uses the terms of the glossary', () => {
  expect(findingsIn(['*.md', 'docs/**/*.md', 'create-tidemark/**/*.md'], proseOfMarkdown)).toEqual([])
})

test('comments and messages of the source use the terms of the glossary', () => {
  expect(findingsIn(['src/**/*.ts', 'projections/*.ts', 'create-tidemark/**/*.ts'], proseOfSource)).toEqual([])
})

test('a phrase is found across a line break of a comment, with its line', () => {
  const source = '// One.\n/**\n * An append answers\n * the position.\n */\n'
  expect(findPhrases(proseOfSource(source), PHRASES)).toEqual([
    { line: 3, found: 'answers the', better: 'returns, or responds with' },
  ])
})

test('each phrase of the list is found in a sentence that uses it', () => {
  const sentences = [
    'An append answers a position. It is answered with 404. The worker is told.',
    'They are told apart. Somebody was faster. Nobody knows. Whoever asks, waits. It goes on where it was.',
    'No view goes back. The handler was mended. A husk stays. The id stands twice. It is another life of the log.',
    'The lease lapses. The event is passed over. The append came second. It retries with growing pauses.',
    'A worker is in reserve. It folds what waits. A page that comes twice is skipped. It gives its leases up.',
    'The range was cut. This makes what reads. It proves it. The token is none.',
  ].join(' ')
  const found = new Set(findPhrases(sentences, PHRASES).map(({ better }) => better))
  expect(PHRASES.filter(({ better }) => !found.has(better))).toEqual([])
})

test.each([
  'This page answers the question of what a position is.',
  'Recommended settings depend on what goes on the disk.',
  'Clocks may go back. The worker is told to stop. A slot stands for a partition.',
  'If there is none, an error is thrown. Cut the cost by caching. `$husk` and `nobody` are code.',
])('ordinary English is left alone: %s', (text) => {
  expect(findPhrases(proseOfMarkdown(text), PHRASES)).toEqual([])
})
