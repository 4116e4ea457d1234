import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A TypeScript fence of a Markdown file. */
export type Fence = {
  /** The Markdown file and the line of the fence: where a reader finds it. */
  readonly place: string
  readonly code: string
  /** What stands behind \`\`\`ts on its line. */
  readonly note: string
  /** Whether it is to be run as well: an HTML comment `run` or `example: main` stands right before it. */
  readonly runs: boolean
}

/** All TypeScript fences of the README, CONTRIBUTING, CHANGELOG and docs. */
export function fencesOf(root: string): Fence[] {
  return globSync(['*.md', 'docs/**/*.md'], { cwd: root })
    .toSorted()
    .flatMap((file) => parseFences(file, readFileSync(join(root, file), 'utf8')))
}

/** The TypeScript fences of one Markdown text. @throws when a fence does not end */
export function parseFences(file: string, text: string): Fence[] {
  const lines = text.split('\n')
  const fences: Fence[] = []
  for (let i = 0; i < lines.length; i++) {
    const opening = /^(\s*)```(\S*)\s*(.*)$/.exec(lines[i] ?? '')
    if (!opening) continue
    const [, indent = '', language = '', note = ''] = opening
    const end = lines.indexOf(`${indent}\`\`\``, i + 1)
    if (end < 0) throw new Error(`${file}:${i + 1}: this fence does not end`)
    if (language === 'ts' || language === 'typescript') {
      const code = lines.slice(i + 1, end).map((line) => line.slice(indent.length))
      const runs = /^<!-- (run|example: main) -->$/.test((lines[i - 1] ?? '').trim())
      fences.push({ place: `${file}:${i + 1}`, code: `${code.join('\n')}\n`, note, runs })
    }
    i = end
  }
  return fences
}
