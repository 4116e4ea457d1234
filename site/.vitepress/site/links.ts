import { statSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { REPOSITORY } from './package.ts'

const root = resolve(import.meta.dirname, '../../..')

/** Whether a page is made from the sources, so that it has no source file to edit. */
export const isGenerated = (page: string): boolean => page.startsWith('reference/api/')

/**
 * Points links that lead out of `docs/`, such as `../../src/core/port`, to the repository: they work on GitHub as they
 * are, but the site holds nothing but `docs/`.
 */
export function linksOutOfDocs(markdown: MarkdownRenderer): void {
  const render =
    markdown.renderer.rules.link_open ?? ((tokens, index, options, _, self) => self.renderToken(tokens, index, options))
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index]?.attrGet('href')
    const outside = href && outsideOf(env.relativePath, href)
    if (outside) tokens[index]?.attrSet('href', outside)
    return render(tokens, index, options, env, self)
  }
}

/** @throws where a link leads out of `docs/` to what is not there */
function outsideOf(page: string, href: string): string | undefined {
  if (/^([a-z]+:|#|\/)/.test(href)) return undefined
  const [path = '', fragment] = href.split('#')
  const target = posix.normalize(posix.join('docs', posix.dirname(page), path))
  if (target.startsWith('docs/')) return undefined
  const kind = statSync(resolve(root, target)).isDirectory() ? 'tree' : 'blob'
  return `${REPOSITORY}/${kind}/main/${target}${fragment === undefined ? '' : `#${fragment}`}`
}
