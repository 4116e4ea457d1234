import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DefaultTheme } from 'vitepress'
import { SECTIONS } from './pages.ts'

const docs = resolve(import.meta.dirname, '../../../docs')

/** The sidebar of all pages but the decisions and the API. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const groups = Object.entries(SECTIONS).map(([text, pages]) => ({
    text,
    collapsed: false,
    items: pages.map(linkTo),
  }))
  return [
    ...groups,
    {
      text: 'More',
      items: [
        { text: 'API reference', link: '/reference/api/' },
        { text: 'Decisions', link: '/adr/' },
      ],
    },
  ]
}

/** The sidebar of the decisions. */
export function adrSidebar(): DefaultTheme.SidebarItem[] {
  const files = readdirSync(resolve(docs, 'adr')).filter((file) => /^\d{4}-.*\.md$/.test(file))
  const items = files.sort().map((file) => linkTo(`adr/${file.replace(/\.md$/, '')}`))
  return [
    { text: 'Decisions', link: '/adr/', items },
    { text: 'All pages', link: '/tutorial' },
  ]
}

const linkTo = (page: string): DefaultTheme.SidebarItem => ({ text: titleOf(page), link: `/${page}` })

/** The title of a page: its first heading. @throws when there is no such page, or it has none */
function titleOf(page: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(resolve(docs, `${page}.md`), 'utf8')) ?? []
  if (title === undefined) throw new Error(`docs/${page}.md has no heading`)
  return title.replaceAll('`', '')
}
