import type { UserConfig } from 'tsdown'
import { bundledLicenses } from './bundled-licenses.ts'
import { dashboardPages } from './dashboard-pages.ts'

/** How the pages of the dashboard are built: for browsers, with the four libraries that they use. */
export const DASHBOARD: UserConfig = {
  entry: { main: 'src/dashboard/ui/main.ts' },
  outDir: 'dist/dashboard/ui',
  format: 'esm',
  platform: 'browser',
  target: 'es2024',
  tsconfig: 'src/dashboard/ui/tsconfig.json',
  dts: false,
  minify: true,
  sourcemap: false,
  clean: true,
  hash: true,
  plugins: [bundledLicenses, dashboardPages],
  outputOptions: {
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { jsdoc: false, legal: false, annotation: false },
    // What is loaded together is compressed together. The library that draws charts is a file of its own.
    codeSplitting: {
      groups: [
        { name: 'first', test: /\/ui\/(live|parts(?!\/chart)|shell|pages\/overview)\/|\/(preact|@preact|htm)\// },
      ],
    },
  },
  deps: { onlyBundle: ['preact', '@preact/signals', '@preact/signals-core', 'htm', 'uplot'] },
}
