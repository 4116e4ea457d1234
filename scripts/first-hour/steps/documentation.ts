import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../project.ts'

const root = new URL('../../../', import.meta.url)
const FENCE = /<!-- (?:run|example: main) -->\n+```ts[^\n]*\n([\s\S]*?)\n```/g

/** Runs every program of a page that is marked to be run, each as a file. @throws Error when one prints nothing */
function runPage(project: Project, page: string): void {
  const programs = [...readFileSync(new URL(page, root), 'utf8').matchAll(FENCE)]
  if (programs.length === 0) throw new Error(`${page} has no program that is marked to be run`)
  for (const [i, [, code = '']] of programs.entries()) {
    const file = `${page.replaceAll(/\W+/g, '-')}-${i + 1}.ts`
    writeFileSync(join(project.folder, file), `${code}\n`)
    if (project.run(file).trim() === '') throw new Error(`Program ${i + 1} of ${page} printed nothing`)
  }
}

export const readme = (project: Project): void => runPage(project, 'README.md')

export const tutorial = (project: Project): void => runPage(project, 'docs/tutorial.md')
