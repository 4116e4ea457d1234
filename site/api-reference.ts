import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Application, type DeclarationReflection, ReflectionKind } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { sourceEntries } from '../scripts/source-entries.ts'
import { REPOSITORY } from './.vitepress/site/package.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const out = `${root}docs/reference/api`

const layout: Partial<PluginOptions> & { readonly docsRoot: string } = {
  docsRoot: `${root}docs`,
  entryFileName: 'index.md',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: false,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  indexFormat: 'table',
  tableColumnSettings: { hideSources: true, hideModifiers: true },
}

/**
 * Writes the API reference of every entry that the package publishes, from the comments in the sources.
 *
 * @throws Error where a comment links to what is not there
 */
export async function writeApiReference(): Promise<void> {
  const entries = sourceEntries(readFileSync(`${root}package.json`, 'utf8'))
  const application = await Application.bootstrapWithPlugins({
    entryPoints: Object.values(entries).map((source) => `${root}${source}`),
    tsconfig: `${root}site/tsconfig.api.json`,
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    name: 'API reference',
    readme: 'none',
    out,
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    // The compiler that the project is built with has checked the sources.
    skipErrorChecking: true,
    gitRevision: 'main',
    sourceLinkTemplate: `${REPOSITORY}/blob/main/src/{path}#L{line}`,
    disableGit: true,
    basePath: root,
    validation: {
      notExported: false,
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
      notDocumented: false,
      unusedMergeModuleWith: true,
    },
    treatWarningsAsErrors: true,
    ...layout,
  })
  const project = await application.convert()
  if (project === undefined) throw new Error('The sources could not be read')
  for (const module of project.getReflectionsByKind(ReflectionKind.Module) as DeclarationReflection[]) {
    const source = module.sources?.[0]?.fileName
    const [name] = Object.entries(entries).find(([, entry]) => source?.endsWith(entry.slice(2))) ?? []
    if (name !== undefined) module.name = name
  }
  application.validate(project)
  await rm(out, { recursive: true, force: true })
  await application.generateOutputs(project)
  if (application.logger.hasErrors() || application.logger.hasWarnings())
    throw new Error('The API reference has faults')
}
