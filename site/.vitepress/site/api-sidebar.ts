import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DefaultTheme } from 'vitepress'

const generated = resolve(import.meta.dirname, '../../../docs/reference/api/typedoc-sidebar.json')

/** The sidebar of the API reference, which is generated together with its pages. */
export function apiSidebar(): DefaultTheme.SidebarItem[] {
  const items = existsSync(generated) ? (JSON.parse(readFileSync(generated, 'utf8')) as DefaultTheme.SidebarItem[]) : []
  return [
    { text: 'API reference', link: '/reference/api/', items },
    { text: 'All pages', link: '/tutorial' },
  ]
}
