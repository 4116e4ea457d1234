import { resolve } from 'node:path'
import { defineConfig } from 'vitepress'
import { apiSidebar } from './site/api-sidebar.ts'
import { githubSlug } from './site/github-slug.ts'
import { isGenerated, linksOutOfDocs } from './site/links.ts'
import { adrSidebar, sidebar } from './site/navigation.ts'
import { REPOSITORY, version } from './site/package.ts'

const description =
  'An event store for TypeScript on the document database you already run: Azure Cosmos DB, MongoDB, or an embedded SQLite folder.'

// Where the site lies on its server, such as `/tidemark/`.
const base = process.env.DOCS_BASE ?? '/'

export default defineConfig({
  lang: 'en',
  title: 'Tidemark',
  description,
  srcDir: '../docs',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  base,
  cleanUrls: true,
  lastUpdated: true,
  // GitHub shows the README of a folder, and a site its index.
  rewrites: { 'adr/README.md': 'adr/index.md' },
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }],
    ['meta', { name: 'theme-color', content: '#0b6e7f' }],
  ],
  // The largest chunk is the index of the search, which is loaded with the first search.
  vite: { publicDir: resolve(import.meta.dirname, '../public'), build: { chunkSizeWarningLimit: 2_000 } },
  markdown: {
    anchor: { slugify: githubSlug },
    toc: { slugify: githubSlug },
    theme: { light: 'github-light', dark: 'github-dark' },
    config: (markdown) => linksOutOfDocs(markdown),
  },
  transformPageData(page) {
    // Generated pages have no source to edit, and no history.
    if (isGenerated(page.relativePath)) page.frontmatter = { ...page.frontmatter, editLink: false, lastUpdated: false }
  },
  themeConfig: {
    logo: '/logo.svg',
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        // Guides come before the API, in which every word of a type counts as a title.
        miniSearch: { searchOptions: { boostDocument: (id: string) => (id.includes('/reference/api/') ? 0.2 : 1) } },
      },
    },
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Guides', link: '/guides/aggregates', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/cli', activeMatch: '^/reference/(?!api/)' },
      { text: 'API', link: '/reference/api/', activeMatch: '^/reference/api/' },
      {
        text: version,
        items: [
          { text: 'Changes', link: `${REPOSITORY}/blob/main/CHANGELOG.md` },
          { text: 'Contributing', link: `${REPOSITORY}/blob/main/CONTRIBUTING.md` },
          { text: 'Security', link: `${REPOSITORY}/blob/main/SECURITY.md` },
        ],
      },
    ],
    sidebar: { '/': sidebar(), '/adr/': adrSidebar(), '/reference/api/': apiSidebar() },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Edit this page' },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
    footer: { message: `Tidemark ${version}, under the MIT licence` },
  },
})
