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
  /** The file that it is for the other fences of its page, which import it: a comment `file: name.ts` stands before it. */
  readonly file?: string
}

/** All TypeScript fences of the README, CONTRIBUTING, CHANGELOG and docs, but for the API reference, which is generated. */
export function fencesOf(root: string): Fence[] {
  return globSync(['*.md', 'docs/**/*.md'], { cwd: root, exclude: ['docs/reference/api/**'] })
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
      const [, mark = '', name] =
        /^<!-- (run|example: main|file: (\S+\.ts)) -->$/.exec((lines[i - 1] ?? '').trim()) ?? []
      const runs = mark !== '' && name === undefined
      fences.push({ place: `${file}:${i + 1}`, code: `${code.join('\n')}\n`, note, runs, ...(name && { file: name }) })
    }
    i = end
  }
  return fences
}
