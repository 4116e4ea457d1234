import { githubSlug } from '../../../site/.vitepress/site/github-slug.ts'

/** The anchors of a Markdown text's headings. */
export const anchorsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^\s*```.*?^\s*```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    githubSlug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
